using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Bench.Processes;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Compare;

/// <summary>This server: alone with SQLite, or as nodes of a cluster. Everybody is a user of their own and a member of a public room.</summary>
internal sealed class ChatContestant(bool cluster) : HubContestant
{
    private string _room = "";
    private string[] _receivers = [];
    private string[] _senders = [];
    private string _crowdsRoom = "";
    private string[] _crowd = [];

    public override string Name => cluster ? "chat-cluster" : "chat";

    public override string Durability => "synced before ack";

    public override bool Clusters => cluster;

    public override string? Missing() => !cluster ? null
        : Tools.Find("redis-server") is null ? "redis-server"
        : PostgresProcess.FindPrograms() is null ? "postgresql" : null;

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        var settings = new Dictionary<string, string>(NodeProcess.WithoutLimits);
        if (cluster)
        {
            settings["ConnectionStrings:Redis"] = await StartRedisAsync(ct);
            var postgres = await PostgresProcess.RunAsync(ct, syncs: true);
            Add(postgres);
            foreach (var process in postgres.Processes)
                Cores.PinServer(process);
            settings["ConnectionStrings:Chat"] = await postgres.NewDatabaseAsync(ct);
        }
        for (var n = 0; n < nodes; n++)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, $"{Name}-{n}")).FullName;
            var all = new Dictionary<string, string>(settings);
            all.TryAdd("ConnectionStrings:Chat", $"Data Source={Path.Combine(own, "chat.db")}");
            var node = new NodeProcess(own, all, prefix: Cores.ServerPrefix);
            Add(node);
            await node.StartAsync(ct);
            Nodes.Add(node.Uri);
        }
        var owner = await GuestAsync("owner", ct);
        _room = await CreateAsync("room", owner, ct);
    }

    public override async Task InviteAsync(int receivers, int senders, CancellationToken ct)
    {
        _receivers = await MembersAsync("receiver", _room, receivers, ct);
        _senders = await MembersAsync("sender", _room, senders, ct);
    }

    public override Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct) =>
        ConnectReceiverAsync(number, Hub(_receivers[number]), transport, "Sync", """[{"cursors":{}}]""", ct);

    /// <summary>Makes members of another room, who are not connected.</summary>
    public async Task GatherCrowdAsync(int count, CancellationToken ct)
    {
        _crowdsRoom = await CreateAsync("crowd", await GuestAsync("crowd", ct), ct);
        _crowd = await MembersAsync("crowd", _crowdsRoom, count, ct);
    }

    /// <summary>Says something to the crowd, and returns the number that it has got.</summary>
    public async Task<long> TellCrowdAsync(string body, CancellationToken ct) =>
        (await CallAsync<SendResult>(HttpMethod.Post, $"/api/rooms/{_crowdsRoom}/messages", _crowd[0], new NewMessage(Log.Load.NewClientId(), body), ct)).Seq!.Value;

    /// <summary>Connects one of the crowd who has had everything up to a number.</summary>
    public async Task<Line> ResumeAsync(int number, long cursor, CancellationToken ct)
    {
        var line = await ConnectAsync(number, Hub(_crowd[number]), ct);
        await line.SendAsync(Call("Sync", $$$"""[{"cursors":{"{{{_crowdsRoom}}}":{{{cursor}}}}}]"""), ct);
        return line;
    }

    public override Task<WebSocketLine> SenderAsync(int number, CancellationToken ct) => ConnectAsync(number, Hub(_senders[number]), ct);

    public override byte[] Message(string body) => Frame("Send", $$"""["{{_room}}",[{"clientId":"{{Log.Load.NewClientId()}}","body":"{{body}}"}]]""");

    private static string Hub(string token) => $"{Wire.HubPath}?access_token={Uri.EscapeDataString(token)}";

    private async Task<string> CreateAsync(string name, string owner, CancellationToken ct) =>
        (await CallAsync<Room>(HttpMethod.Post, "/api/rooms", owner, new NewRoom(name, RoomKind.Public), ct)).Id;

    /// <summary>The tokens of so many new members of a room.</summary>
    private async Task<string[]> MembersAsync(string name, string room, int count, CancellationToken ct)
    {
        var tokens = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (i, stop) =>
        {
            tokens[i] = await GuestAsync($"{name}-{i}", stop);
            await CallAsync<Room>(HttpMethod.Put, $"/api/rooms/{room}/members/me", tokens[i], null, stop);
        });
        return tokens;
    }

    private async Task<string> GuestAsync(string name, CancellationToken ct)
    {
        using var answer = await Http.PostAsJsonAsync(new Uri(Nodes[0], "/api/account/guest"), new GuestRequest(name), ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Session>(ChatJson.Options, ct))!.AccessToken!;
    }

    private async Task<T> CallAsync<T>(HttpMethod method, string path, string token, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(Nodes[0], path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ChatJson.Options);
        using var answer = await Http.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<T>(await answer.Content.ReadAsStringAsync(ct), ChatJson.Options)!;
    }
}

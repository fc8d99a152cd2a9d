using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Chat.Bench.Processes;
using Chat.Contracts;

namespace Chat.Bench.Compare;

/// <summary>This server: alone with SQLite, or as nodes of a cluster. Everybody is a user of their own and a member of a public room.</summary>
internal sealed class ChatContestant(bool cluster) : Contestant
{
    private const string RecordEnd = "\u001e";

    private string _room = "";
    private HttpClient[] _http = [];
    private string[] _receivers = [];
    private string[] _senders = [];

    public override string Name => cluster ? "chat-cluster" : "chat";

    public override string Durability => "synced before ack";

    public override bool Clusters => cluster;

    public override byte[]? KeepAlive { get; } = Frames.Text(Encoding.UTF8.GetBytes("{\"type\":6}" + RecordEnd));

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
        _http = [.. Nodes.Select(uri => new HttpClient { BaseAddress = uri })];
        var owner = await GuestAsync("owner", ct);
        _room = (await CallAsync<Room>(HttpMethod.Post, "/api/rooms", owner, new NewRoom("room", RoomKind.Public), ct)).Id;
    }

    public override async Task InviteAsync(int receivers, int senders, CancellationToken ct)
    {
        _receivers = await MembersAsync("receiver", receivers, ct);
        _senders = await MembersAsync("sender", senders, ct);
    }

    public override Task<Line> ReceiverAsync(int number, CancellationToken ct)
    {
        var line = Connect(_receivers, number);
        line.Send("""{"type":1,"invocationId":"sync","target":"Sync","arguments":[{"cursors":{}}]}""" + RecordEnd);
        line.WaitFor("\"type\":3");
        return Task.FromResult(line);
    }

    /// <summary>Connects a receiver who has had everything up to a number.</summary>
    public Line Resume(int number, long cursor)
    {
        var line = Connect(_receivers, number);
        line.Send($$$"""{"type":1,"invocationId":"sync","target":"Sync","arguments":[{"cursors":{"{{{_room}}}":{{{cursor}}}}}]}""" + RecordEnd);
        return line;
    }

    /// <summary>The number of the room's newest event.</summary>
    public async Task<long> HeadAsync(CancellationToken ct) =>
        (await CallAsync<RoomList>(HttpMethod.Get, "/api/rooms", _senders[0], null, ct)).Rooms.Single().Head;

    public override Task<Line> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(_senders, number));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes(
        $$"""{"type":1,"invocationId":"1","target":"Send","arguments":["{{_room}}",[{"clientId":"{{Log.Load.NewClientId()}}","body":"{{body}}"}]]}""" + RecordEnd));

    public override ValueTask DisposeAsync()
    {
        foreach (var http in _http)
            http.Dispose();
        return base.DisposeAsync();
    }

    private Line Connect(string[] tokens, int number)
    {
        var line = Connect(number, $"{Wire.HubPath}?access_token={Uri.EscapeDataString(tokens[number])}");
        line.Send("""{"protocol":"json","version":1}""" + RecordEnd);
        line.WaitFor("{}");
        return line;
    }

    /// <summary>The tokens of so many new members of the room.</summary>
    private async Task<string[]> MembersAsync(string name, int count, CancellationToken ct)
    {
        var tokens = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (i, stop) =>
        {
            tokens[i] = await GuestAsync($"{name}-{i}", stop);
            await CallAsync<Room>(HttpMethod.Put, $"/api/rooms/{_room}/members/me", tokens[i], null, stop);
        });
        return tokens;
    }

    private async Task<string> GuestAsync(string name, CancellationToken ct)
    {
        using var answer = await _http[0].PostAsJsonAsync("/api/account/guest", new GuestRequest(name), ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Session>(ChatJson.Options, ct))!.AccessToken!;
    }

    private async Task<T> CallAsync<T>(HttpMethod method, string path, string token, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ChatJson.Options);
        using var answer = await _http[0].SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<T>(await answer.Content.ReadAsStringAsync(ct), ChatJson.Options)!;
    }
}

using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>The hub of SignalR's tutorial with a group (<c>peers/signalr</c>): in one process, or over the official Redis backplane.</summary>
internal sealed class SignalRContestant(bool redis) : HubContestant
{
    private const string Hub = "/room";

    public override string Name => redis ? "signalr-redis" : "signalr";

    public override string Durability => "none";

    public override bool Clusters => redis;

    public override string? Missing() => redis && Tools.Find("redis-server") is null ? "redis-server" : null;

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        string[] over = redis ? ["--redis", await StartRedisAsync(ct)] : [];
        for (var n = 0; n < nodes; n++)
        {
            await StartAsync(Name, (port, _) =>
            [
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "Chat.Bench.SignalR.dll"),
                "--urls", $"http://127.0.0.1:{port}", .. over,
            ], ct);
        }
    }

    public override Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct) => ConnectReceiverAsync(number, Hub, transport, "Join", "[]", ct);

    public override Task<WebSocketLine> SenderAsync(int number, CancellationToken ct) => ConnectAsync(number, Hub, ct);

    public override byte[] Message(string body) => Frame("SendMessage", $"""["J","{body}"]""");
}

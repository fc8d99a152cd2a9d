using System.Text;

namespace Chat.Bench.Compare;

/// <summary>The hub of SignalR's tutorial with a group (<c>peers/signalr</c>): in one process, or over the official Redis backplane.</summary>
internal sealed class SignalRContestant(bool redis) : Contestant
{
    private const string RecordEnd = "\u001e";

    public override string Name => redis ? "signalr-redis" : "signalr";

    public override string Durability => "none";

    public override bool Clusters => redis;

    public override byte[]? KeepAlive { get; } = Frames.Text(Encoding.UTF8.GetBytes("{\"type\":6}" + RecordEnd));

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

    public override Task<Line> ReceiverAsync(int number, CancellationToken ct)
    {
        var line = Connect(number);
        line.Send("""{"type":1,"invocationId":"1","target":"Join","arguments":[]}""" + RecordEnd);
        line.WaitFor("\"type\":3");
        return Task.FromResult(line);
    }

    public override Task<Line> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(number));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes(
        $$"""{"type":1,"invocationId":"1","target":"SendMessage","arguments":["J","{{body}}"]}""" + RecordEnd));

    private Line Connect(int number)
    {
        var line = Connect(number, "/room");
        line.Send("""{"protocol":"json","version":1}""" + RecordEnd);
        line.WaitFor("{}");
        return line;
    }
}

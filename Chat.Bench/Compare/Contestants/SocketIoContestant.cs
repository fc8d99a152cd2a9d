using System.Text;

namespace Chat.Bench.Compare;

/// <summary>Socket.IO with a room, in one process or over its Redis adapter.</summary>
internal sealed class SocketIoContestant(bool redis) : NodeContestant
{
    public override string Name => redis ? "socket.io-redis" : "socket.io";

    public override bool Clusters => redis;

    /// <summary>Engine.IO's pong.</summary>
    public override byte[]? KeepAlive { get; } = Frames.Text("3"u8);

    public override string? Missing() => base.Missing() ?? (redis && Tools.Find("redis-server") is null ? "redis-server" : null);

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        await InstallAsync(ct);
        string[] over = redis ? [await StartRedisAsync(ct)] : [];
        for (var n = 0; n < nodes; n++)
            await StartAsync("socketio.js", over, ct);
    }

    public override Task<Line> ReceiverAsync(int number, CancellationToken ct)
    {
        var line = Connect(number);
        line.Send("""421["join"]""");
        line.WaitFor("431");
        return Task.FromResult(line);
    }

    public override Task<Line> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(number));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes($"""42["message","J","{body}"]"""));

    private Line Connect(int number)
    {
        var line = Connect(number, "/socket.io/?EIO=4&transport=websocket");
        line.WaitFor("\"sid\"");
        line.Send("40");
        line.WaitFor("\"sid\"");
        return line;
    }
}

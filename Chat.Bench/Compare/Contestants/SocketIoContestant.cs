using System.Text;
using System.Text.Json;
using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>Socket.IO with a room, in one process or over its Redis adapter.</summary>
internal sealed class SocketIoContestant(bool redis) : NodeContestant
{
    private const string Address = "/socket.io/?EIO=4";
    private const string Session = "\"sid\"";

    /// <summary>Engine.IO's message in which Socket.IO asks for its default namespace.</summary>
    private const string Enter = "40";

    public override string Name => redis ? "socket.io-redis" : "socket.io";

    public override bool Clusters => redis;

    public override IReadOnlyList<TransportKind> Transports { get; } = [TransportKind.WebSockets, TransportKind.LongPolling];

    /// <summary>Engine.IO's pong.</summary>
    public override string KeepAlive => "3";

    public override string? Missing() => base.Missing() ?? (redis && Tools.Find("redis-server") is null ? "redis-server" : null);

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        await InstallAsync(ct);
        string[] over = redis ? [await StartRedisAsync(ct)] : [];
        for (var n = 0; n < nodes; n++)
            await StartAsync("socketio.js", over, ct);
    }

    public override async Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct)
    {
        Line line = transport == TransportKind.LongPolling ? await PollAsync(number, ct) : await SenderAsync(number, ct);
        await line.SendAsync("""421["join"]""", ct);
        line.WaitFor("431");
        return line;
    }

    public override async Task<WebSocketLine> SenderAsync(int number, CancellationToken ct)
    {
        var line = Connect(number, $"{Address}&transport=websocket");
        line.WaitFor(Session);
        await line.SendAsync(Enter, ct);
        line.WaitFor(Session);
        return line;
    }

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes($"""42["message","J","{body}"]"""));

    private async Task<HttpLine> PollAsync(int number, CancellationToken ct)
    {
        var address = new Uri(Node(number), $"{Address}&transport=polling");
        var opened = await Http.GetStringAsync(address, ct);
        using var session = JsonDocument.Parse(opened.AsMemory(1)); // behind the packet's type
        address = new Uri($"{address}&sid={session.RootElement.GetProperty("sid").GetString()}");
        await HttpLine.PostAsync(Http, address, Enter, ct);
        var line = HttpLine.Poll(Http, address, ReceiveBuffer, _ => "");
        line.WaitFor(Session);
        return line;
    }
}

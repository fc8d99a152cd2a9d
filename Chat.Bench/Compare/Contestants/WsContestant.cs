using System.Text;
using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>The broadcast of the introduction to <c>ws</c>, to those who have come to the one room.</summary>
internal sealed class WsContestant : NodeContestant
{
    public override string Name => "ws";

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        await InstallAsync(ct);
        await StartAsync("ws.js", [], ct);
    }

    public override Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct) => Task.FromResult<Line>(Connect(number, "/room"));

    public override Task<WebSocketLine> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(number, "/"));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes($$"""{"user":"J","message":"{{body}}"}"""));
}

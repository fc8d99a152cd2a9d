using System.Text;

namespace Chat.Bench.Compare;

/// <summary>One WebSocket connection. All calls block.</summary>
internal sealed class WebSocketLine : Line
{
    private FrameReader _frames;

    private WebSocketLine(Uri server, int receiveBuffer)
        : base(server, receiveBuffer)
    {
    }

    /// <summary>Connects and upgrades.</summary>
    /// <param name="server">Where.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="receiveBuffer">Bytes that the system keeps unread; 0: as it likes.</param>
    public static WebSocketLine Connect(Uri server, string path, int receiveBuffer = 0)
    {
        var line = new WebSocketLine(server, receiveBuffer);
        line.Begin(new ResponseReader(), path,
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", status: 101);
        return line;
    }

    public override ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> input) => _frames.Next(ref input);

    public override Task SendAsync(string text, CancellationToken ct)
    {
        Send(Frames.Text(Encoding.UTF8.GetBytes(text)));
        return Task.CompletedTask;
    }

    /// <summary>Sends frames that are ready.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
            frames = frames[Socket.Send(frames)..];
    }
}

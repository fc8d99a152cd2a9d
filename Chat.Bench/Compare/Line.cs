using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Bench.Compare;

/// <summary>
/// One WebSocket connection to a contestant, as bare as can be. Until it is given to <see cref="Receivers"/> its owner reads it with
/// <see cref="WaitFor"/>; all calls block.
/// </summary>
internal sealed class Line : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private FrameReader _frames;

    private Line(Socket socket) => _socket = socket;

    /// <summary>The socket's descriptor.</summary>
    public IntPtr Handle => _socket.Handle;

    /// <summary>Takes frames apart from where <see cref="WaitFor"/> has stopped.</summary>
    public ref FrameReader Frames => ref _frames;

    /// <summary>Connects and upgrades.</summary>
    /// <param name="server">Where.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="receiveBuffer">Bytes that the system keeps unread; 0: as it likes.</param>
    public static Line Connect(Uri server, string path, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var line = new Line(socket);
        try
        {
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
            socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
            var head = line.ReadHead();
            if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
                throw new InvalidOperationException($"{path.Split('?')[0]} was not upgraded: {head.Split('\r')[0]}");
            return line;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a text message.</summary>
    public void Send(string text) => Send(Compare.Frames.Text(Encoding.UTF8.GetBytes(text)));

    /// <summary>Sends frames that are ready.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
            frames = frames[_socket.Send(frames)..];
    }

    /// <summary>Reads until what has come in messages since the call contains this, and returns it.</summary>
    public string WaitFor(string text)
    {
        var seen = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = _socket.Receive(buffer);
            if (read == 0)
                throw new InvalidOperationException($"the connection ended before {text}: {seen}");
            ReadOnlySpan<byte> input = buffer.AsSpan(0, read);
            while (_frames.Next(ref input) is { IsEmpty: false } piece)
                seen.Append(Encoding.UTF8.GetString(piece));
            if (seen.ToString() is var all && all.Contains(text, StringComparison.Ordinal))
                return all;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Byte by byte: what follows the head is a frame already.</summary>
    private string ReadHead()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (_socket.Receive(one) == 0)
                throw new InvalidOperationException($"the connection ended while it was being upgraded: {head}");
            head.Append((char)one[0]);
        }
        return head.ToString();
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Bench.Compare;

/// <summary>
/// One client's connection to a contestant, as bare as can be. Until it is given to <see cref="Receivers"/> its owner reads it with
/// <see cref="WaitFor"/>, which blocks.
/// </summary>
internal abstract class Line : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly int _port;

    /// <param name="server">Where.</param>
    /// <param name="receiveBuffer">Bytes that the system keeps unread; 0: as it likes.</param>
    protected Line(Uri server, int receiveBuffer)
    {
        _port = server.Port;
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer > 0)
                Socket.ReceiveBufferSize = receiveBuffer;
            Socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
            Socket.Connect(new IPEndPoint(IPAddress.Loopback, _port));
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    /// <summary>The socket's descriptor.</summary>
    public IntPtr Handle => Socket.Handle;

    protected Socket Socket { get; }

    /// <summary>The next piece of payload in what was read, which moves on behind it; empty if there is none left.</summary>
    public abstract ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> input);

    /// <summary>Sends a text message.</summary>
    public abstract Task SendAsync(string text, CancellationToken ct);

    /// <summary>Reads until what has come in messages since the call contains this, and returns it.</summary>
    public string WaitFor(string text)
    {
        var seen = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = Socket.Receive(buffer);
            if (read == 0)
                throw new InvalidOperationException($"the connection ended before {text}: {seen}");
            ReadOnlySpan<byte> input = buffer.AsSpan(0, read);
            while (Next(ref input) is { IsEmpty: false } piece)
                seen.Append(Encoding.UTF8.GetString(piece));
            if (seen.ToString() is var all && all.Contains(text, StringComparison.Ordinal))
                return all;
        }
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>Sends a request and reads the response's head, byte by byte: what follows may not be a response's content. It is of no use if that fails.</summary>
    /// <param name="responses">Has the head then.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="fields">Each with the end of its line.</param>
    /// <param name="status">Anything else is an error.</param>
    protected void Begin(ResponseReader responses, string path, string fields, int status)
    {
        try
        {
            Socket.Send(Request(path, fields));
            var one = new byte[1];
            while (responses.Status == 0)
            {
                if (Socket.Receive(one) == 0)
                    throw new InvalidOperationException($"the connection ended before {path.Split('?')[0]} was answered");
                ReadOnlySpan<byte> input = one;
                responses.Next(ref input);
            }
            if (responses.Status != status)
                throw new InvalidOperationException($"{path.Split('?')[0]} was answered with {responses.Status}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <param name="path">The path with its query.</param>
    /// <param name="fields">Each with the end of its line.</param>
    protected byte[] Request(string path, string fields) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\n{fields}\r\n");
}

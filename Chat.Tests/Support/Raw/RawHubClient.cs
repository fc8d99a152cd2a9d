using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Tests.Support.Raw;

/// <summary>
/// A SignalR client (JSON over a WebSocket, without negotiation) made of a bare socket, which does only what it is told: it reads when
/// asked to, never pings by itself, and sends whatever it is given. For clients that are broken, slow or malicious.
/// </summary>
public sealed class RawHubClient : IAsyncDisposable
{
    private const byte Terminator = 0x1e;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly WebSocket _webSocket;
    private readonly List<byte> _unread = [];
    private int _invocations;

    private RawHubClient(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
        _webSocket = WebSocket.CreateFromStream(stream, isServer: false, subProtocol: null, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The connection below the WebSocket: for bytes that are no frames at all.</summary>
    public Stream Stream => _stream;

    /// <summary>Connects, and does the WebSocket's and SignalR's handshakes.</summary>
    /// <param name="server">The server, or a proxy.</param>
    /// <param name="token">An access token.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="receiveBuffer">Bytes that the system may hold for this client: the fewer, the sooner the server feels that it does not read.</param>
    /// <param name="protocol">The hub protocol; of another than JSON only <see cref="ReadFrameAsync"/> reads.</param>
    public static async Task<RawHubClient> ConnectAsync(
        Uri server, string token, CancellationToken ct, int receiveBuffer = 4096, string protocol = "json")
    {
        var (socket, stream, head) = await RawUpgrade.AskAsync(server, $"{Wire.HubPath}?access_token={Uri.EscapeDataString(token)}", ct, receiveBuffer);
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);

        var client = new RawHubClient(socket, stream);
        await client.SendTextAsync($$"""{"protocol":"{{protocol}}","version":1}""", ct);
        using var answer = await client.ReadAsync(ct);
        Assert.Empty(answer.RootElement.EnumerateObject());
        return client;
    }

    /// <summary>Connects and calls <c>Sync</c>: from its answer on, the server writes events.</summary>
    public static async Task<RawHubClient> SyncedAsync(Uri server, string token, CancellationToken ct, int receiveBuffer = 4096)
    {
        var client = await ConnectAsync(server, token, ct, receiveBuffer);
        using var answer = await client.InvokeAsync("Sync", ct, new SyncRequest());
        return client;
    }

    /// <summary>Sends one hub message as it is, broken or not, with the terminator behind it.</summary>
    public async Task SendTextAsync(string message, CancellationToken ct) =>
        await _webSocket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(message), Terminator], WebSocketMessageType.Text, endOfMessage: true, ct);

    /// <summary>Sends a frame of any kind.</summary>
    public async Task SendFrameAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool end, CancellationToken ct) =>
        await _webSocket.SendAsync(bytes, type, end, ct);

    /// <summary>Calls a hub method without waiting for an answer. Returns the invocation's id.</summary>
    public async Task<string> SendInvocationAsync(string target, CancellationToken ct, params object?[] arguments)
    {
        var invocationId = $"{++_invocations}";
        await SendTextAsync(JsonSerializer.Serialize(new { type = 1, invocationId, target, arguments }, ChatJson.Options), ct);
        return invocationId;
    }

    /// <summary>Calls a hub method and reads up to its completion, throwing away whatever comes before.</summary>
    public async Task<JsonDocument> InvokeAsync(string target, CancellationToken ct, params object?[] arguments)
    {
        var id = await SendInvocationAsync(target, ct, arguments);
        while (true)
        {
            var message = await ReadAsync(ct);
            if (message.RootElement.TryGetProperty("invocationId", out var of) && of.GetString() == id)
                return message;
            message.Dispose();
        }
    }

    /// <summary>The next hub message, pings too; <see cref="WebSocketException"/> or <see cref="EndOfStreamException"/> when the server has hung up.</summary>
    public async Task<JsonDocument> ReadAsync(CancellationToken ct)
    {
        var buffer = new byte[4096];
        int end;
        while ((end = _unread.IndexOf(Terminator)) < 0)
        {
            var read = await _webSocket.ReceiveAsync(buffer.AsMemory(), ct);
            if (read.MessageType is WebSocketMessageType.Close)
                throw new EndOfStreamException("The server has closed the WebSocket.");
            _unread.AddRange(buffer.AsSpan(0, read.Count));
        }
        var message = JsonDocument.Parse(_unread[..end].ToArray());
        _unread.RemoveRange(0, end + 1);
        return message;
    }

    /// <summary>The next piece of a frame; null when the server has hung up.</summary>
    public async Task<byte[]?> ReadFrameAsync(CancellationToken ct)
    {
        var buffer = new byte[4096];
        try
        {
            var read = await _webSocket.ReceiveAsync(buffer.AsMemory(), ct);
            return read.MessageType is WebSocketMessageType.Close ? null : buffer[..read.Count];
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>Reads and throws away, at most so many bytes a second, until the server hangs up or the token fires.</summary>
    public async Task DripAsync(int bytesPerSecond, CancellationToken ct)
    {
        var buffer = new byte[Math.Max(1, bytesPerSecond / 10)];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)buffer.Length / bytesPerSecond));
        while (await timer.WaitForNextTickAsync(ct) && await _stream.ReadAsync(buffer, ct) > 0)
        {
        }
    }

    /// <summary>
    /// Completes when the server has ended the connection. It reads whatever still comes, so it is not for a client that must not read.
    /// </summary>
    public async Task EndedAsync(CancellationToken ct)
    {
        try
        {
            while (true)
                (await ReadAsync(ct)).Dispose();
        }
        catch (Exception e) when (e is EndOfStreamException or WebSocketException or IOException)
        {
            // This was waited for.
        }
    }

    /// <summary>Whether the connection still stands, found out without reading: a reset is seen even behind bytes that nobody has read.</summary>
    public bool IsOpen
    {
        get
        {
            // TCP_INFO begins with the connection's state; 1 is ESTABLISHED (linux/tcp.h).
            Span<byte> info = stackalloc byte[8];
            return _socket.GetRawSocketOption(optionLevel: 6, optionName: 11, info) > 0 && info[0] == 1;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _webSocket.Dispose();
        await _stream.DisposeAsync();
    }
}

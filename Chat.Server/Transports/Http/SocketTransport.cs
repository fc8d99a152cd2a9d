using System.Net.WebSockets;
using Chat.Server.Relay;

namespace Chat.Server.Transports.Http;

/// <summary>A session's way through a bare WebSocket: a text message for each event. Answers to what the client sends go between. Thread-safe.</summary>
internal sealed class SocketTransport : FeedTransport, IDisposable
{
    /// <summary>The socket takes one message at a time.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private WebSocket? _socket;

    /// <summary>The way; to be given before anything is written.</summary>
    public void Use(WebSocket socket) => _socket = socket;

    public override async ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events)
    {
        foreach (var e in events)
        {
            if (!await SendAsync(EventText.Json(e)))
                return false;
        }
        return true;
    }

    /// <summary>Sends a text message; false once the connection is over.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> text)
    {
        await _turn.WaitAsync();
        try
        {
            if (_socket!.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                return false;
            // No token: a cancelled send would tear the connection down.
            await _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(FeedEnd.Gone);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

using System.Net.WebSockets;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Rooms;

namespace Chat.Server.Transports.Http;

/// <summary>The feed of a room over a bare WebSocket (RFC 6455), both ways.</summary>
internal static class SocketEndpoint
{
    /// <summary>The subprotocol.</summary>
    public const string Protocol = "chat.v1";

    /// <summary>Close codes for applications, by the HTTP status that says the same.</summary>
    public const WebSocketCloseStatus SignedOut = (WebSocketCloseStatus)4401, Left = (WebSocketCloseStatus)4403,
        TooMany = (WebSocketCloseStatus)4429;

    /// <summary>A client that does not answer a ping is gone.</summary>
    private static readonly TimeSpan s_pingInterval = TimeSpan.FromSeconds(15), s_pongTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to answer a close.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(2);

    public static async Task HandleAsync(
        HttpContext http, Feeds feeds, ChatRooms rooms, RefusedCalls refusals, ILogger<SocketTransport> logger,
        string id, long? after,
        string? generation)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.Upgrade = "websocket";
            await Problems.WriteAsync(http, StatusCodes.Status426UpgradeRequired, ErrorCodes.Invalid, "Upgrade: this address takes WebSockets only");
            return;
        }
        if (!http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol))
            throw new ChatException(ErrorCodes.Invalid, $"Sec-WebSocket-Protocol: {Protocol} is needed");

        await rooms.RequireFitAsync(http.User.ToUser(), id, after, generation, http.RequestAborted);
        // Looked up before the connection is accepted, so that a refusal is an answer over HTTP; the socket is there only afterwards.
        using var transport = new SocketTransport();
        await using var feed = await feeds.OpenAsync(http, transport, id, after);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = Protocol,
            KeepAliveInterval = s_pingInterval,
            KeepAliveTimeout = s_pongTimeout,
        });
        transport.Use(socket);
        if (feed.IsOver(after))
            transport.End(FeedEnd.Left);
        else
            await feed.ResumeAsync();

        var reading = new SocketMessages(socket, transport, feed, rooms, refusals, id, logger).ReadAsync();
        var first = await Task.WhenAny(transport.Over, reading);
        await feed.DisposeAsync();
        var (status, text) = first == reading ? await reading : await transport.Over switch
        {
            FeedEnd.Left => (Left, "you are no longer a member of this room"),
            FeedEnd.Replaced => (TooMany, "you have too many open feeds; this one was silent longest"),
            FeedEnd.Stopping => (WebSocketCloseStatus.EndpointUnavailable, "this node is stopping"),
            FeedEnd.Aborted when feed.Session.IsSignedOut => (SignedOut, "the sign-in is over"),
            FeedEnd.Aborted => (WebSocketCloseStatus.InternalServerError, "the feed failed; resume from your cursor"),
            _ => (WebSocketCloseStatus.Empty, ""),
        };
        await CloseAsync(http, socket, reading, status, text);
    }

    /// <summary>Says why, and waits for the client to have heard it; not for long.</summary>
    private static async Task CloseAsync(HttpContext http, WebSocket socket, Task reading, WebSocketCloseStatus status, string text)
    {
        using var late = new CancellationTokenSource(s_closing);
        try
        {
            if (status != WebSocketCloseStatus.Empty && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, text, late.Token);
            await reading.WaitAsync(late.Token);
            if (status == WebSocketCloseStatus.ProtocolError)
                await Task.Delay(s_closing, http.RequestAborted); // the client hangs up
            // What it sent before it heard is taken, or the system would reset the connection, and the client might not hear why.
            var rest = new byte[4 * 1024];
            while (socket.State == WebSocketState.CloseSent)
                await socket.ReceiveAsync(rest, late.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            socket.Abort();
        }
    }
}

using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Rooms;

namespace Chat.Server.Transports.Http;

/// <summary>
/// What a client says over its WebSocket: one message after the other is read, posted and answered, so that those that were sent without waiting keep their
/// order, and a client cannot be ahead of the log by more than the connection holds.
/// </summary>
internal sealed class SocketMessages(WebSocket socket, SocketTransport transport, Feed feed, ChatRooms rooms,
    RefusedCalls refusals, string roomId, ILogger logger)
{
    private const int ReadBytes = 4 * 1024;

    private bool _flood;

    /// <summary>Until the client closes, or breaks off, or sends what no message can be: the status and text to close with.</summary>
    public async Task<(WebSocketCloseStatus Status, string Text)> ReadAsync()
    {
        try
        {
            while (true)
            {
                var message = new ArrayBufferWriter<byte>();
                switch (await ReadMessageAsync(message))
                {
                    case WebSocketMessageType.Close:
                        return (WebSocketCloseStatus.NormalClosure, "");
                    case WebSocketMessageType.Binary:
                        return (WebSocketCloseStatus.InvalidMessageType, "text messages only");
                    case null:
                        return (WebSocketCloseStatus.MessageTooBig, $"at most {Limits.HubMessageBytes} bytes");
                }
                if (!transport.Over.IsCompleted && !await transport.SendAsync(await AnswerAsync(message.WrittenMemory)))
                    return (WebSocketCloseStatus.Empty, "");
                if (_flood)
                    return (SocketEndpoint.TooMany, "too many of your messages were refused");
            }
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode != WebSocketError.ConnectionClosedPrematurely)
        {
            return (WebSocketCloseStatus.ProtocolError, ""); // the socket has said that itself, or more exactly (RFC 6455, 7.1.7)
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return (WebSocketCloseStatus.Empty, ""); // broken off
        }
    }

    /// <summary>Its type; null if it is too large.</summary>
    private async Task<WebSocketMessageType?> ReadMessageAsync(ArrayBufferWriter<byte> message)
    {
        while (true)
        {
            // Without a buffer at first: a client that says nothing holds no memory.
            var part = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (part.MessageType != WebSocketMessageType.Close && !part.EndOfMessage)
                part = await socket.ReceiveAsync(message.GetMemory(ReadBytes), CancellationToken.None);
            message.Advance(part.Count);
            if (part.MessageType != WebSocketMessageType.Text)
                return part.MessageType;
            if (message.WrittenCount > Limits.HubMessageBytes)
                return null;
            if (part.EndOfMessage)
                return part.MessageType;
        }
    }

    private async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> text)
    {
        feed.Heard();
        NewMessage? message = null;
        try
        {
            message = JsonSerializer.Deserialize<NewMessage>(text.Span, ChatJson.Options);
            var (e, _) = await rooms.PostAsync(feed.Session.User, roomId, message);
            return Write(new Answer(new Ack(e.ClientId!, e.Seq)));
        }
        catch (ChatException e)
        {
            return Refuse(e.Code, e.Message);
        }
        catch (JsonException e)
        {
            return Refuse(ErrorCodes.Invalid, Problems.Field(e));
        }
        catch (Exception e)
        {
            if (refusals.Shows("socket", e))
                logger.PostFailed(e);
            var fault = Faults.Of(e);
            return Refuse(fault.Code, fault.Message);
        }

        byte[] Refuse(string code, string text)
        {
            _flood |= !refusals.Count("socket", code, feed.Session.User.Id);
            return Write(new Answer(Error: new Refusal(message?.ClientId, code, text)));
        }
    }

    private static byte[] Write(Answer answer) => JsonSerializer.SerializeToUtf8Bytes(answer, ChatJson.Options);

    private sealed record Answer(Ack? Ack = null, Refusal? Error = null);

    private sealed record Ack(string ClientId, long Seq);

    private sealed record Refusal(string? ClientId, string Code, string Message);
}

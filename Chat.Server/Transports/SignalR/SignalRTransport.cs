using System.Buffers;
using Chat.Contracts;
using Chat.Server.Relay;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// A session's way through SignalR, whichever of its transports the client has chosen. The connection serializes its own writes (answers and
/// pings); flow control is its transport's: a write completes when there is room again.
/// </summary>
internal sealed class SignalRTransport(HubConnectionContext connection) : ITransport
{
    private readonly ArrayBufferWriter<byte> _portion = new();

    public ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events)
    {
        var protocol = connection.Protocol;
        if (events.Count == 1)
            return WriteAsync(protocol, Encoded(events[0], protocol));
        // Both of SignalR's framings can be concatenated: what gathered goes out as one write.
        _portion.ResetWrittenCount();
        foreach (var e in events)
            _portion.Write(Encoded(e, protocol).Span);
        return WriteAsync(protocol, _portion.WrittenMemory);
    }

    public async ValueTask<bool> WriteAsync(Notice notice)
    {
        InvocationMessage message = notice switch
        {
            Notice.Skipped skipped => new(nameof(IChatClient.Skipped), [skipped.RoomId, skipped.From, skipped.To]),
            Notice.Checkpoint checkpoint => new(nameof(IChatClient.Checkpoint), [checkpoint.Delivered]),
            Notice.RoomUpdated updated => new(nameof(IChatClient.RoomUpdated), [updated.Room]),
            Notice.RoomRemoved removed => new(nameof(IChatClient.RoomRemoved), [removed.RoomId]),
            Notice.Invited invited => new(nameof(IChatClient.Invited), [invited.Invitation]),
            Notice.ReadMarker marker => new(nameof(IChatClient.ReadMarker), [marker.RoomId, marker.UserId, marker.Seq]),
            Notice.Typing typing => new(nameof(IChatClient.Typing), [typing.RoomId, typing.UserId]),
            Notice.PresenceChanged presence => new(nameof(IChatClient.Presence), [presence.Users.ToArray()]), // MessagePack knows arrays, not every list
            _ => throw new ArgumentOutOfRangeException(nameof(notice)),
        };
        await connection.WriteAsync(message);
        return !connection.ConnectionAborted.IsCancellationRequested;
    }

    public void Abort() => connection.Abort();

    private static ReadOnlyMemory<byte> Encoded(RelayedEvent e, IHubProtocol protocol) =>
        e.Encoded(protocol, static (e, protocol) => protocol.GetMessageBytes(new InvocationMessage(nameof(IChatClient.Event), [e.Event])));

    /// <summary>
    /// SignalR swallows what goes wrong in a write, and reports success after an abort: the token tells. No token of ours is passed on, since a
    /// cancelled flush would abort the connection.
    /// </summary>
    private async ValueTask<bool> WriteAsync(IHubProtocol protocol, ReadOnlyMemory<byte> bytes)
    {
        await connection.WriteAsync(new SerializedHubMessage([new SerializedMessage(protocol.Name, bytes)]));
        return !connection.ConnectionAborted.IsCancellationRequested;
    }
}

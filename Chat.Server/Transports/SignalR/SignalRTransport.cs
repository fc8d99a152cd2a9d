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
    /// <summary>A buffer larger than this is not kept for the next portion.</summary>
    private const int KeptBytes = 64 * 1024;

    private ArrayBufferWriter<byte>? _portion;
    private bool _portionUsed;

    public ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events)
    {
        var protocol = connection.Protocol;
        if (events.Count == 1)
            return WriteAsync(protocol, Encoded(events[0], protocol));
        // Both of SignalR's framings can be concatenated: what gathered goes out as one write.
        var portion = EmptyPortion();
        foreach (var e in events)
            portion.Write(Encoded(e, protocol).Span);
        return WriteAsync(protocol, portion.WrittenMemory);
    }

    public ValueTask<bool> WriteAsync(IReadOnlyList<SharedNotice> notices)
    {
        var protocol = connection.Protocol;
        var portion = EmptyPortion();
        foreach (var shared in notices)
            portion.Write(shared.Encoded(protocol, static (shared, protocol) =>
                protocol.GetMessageBytes(Message(shared.Notice))).Span);
        return WriteAsync(protocol, portion.WrittenMemory);
    }

    public async ValueTask<bool> WriteAsync(Notice notice)
    {
        // Called now and then. Frees the buffer of a connection that had no portion since the last call.
        if (notice is Notice.Checkpoint)
            (_portion, _portionUsed) = (_portionUsed ? _portion : null, false);
        await connection.WriteAsync(Message(notice));
        return !connection.ConnectionAborted.IsCancellationRequested;
    }

    public void Abort() => connection.Abort();

    private static InvocationMessage Message(Notice notice) => notice switch
    {
        Notice.Skipped skipped => new(nameof(IChatClient.Skipped), [skipped.RoomId, skipped.From, skipped.To]),
        Notice.Checkpoint checkpoint => new(nameof(IChatClient.Checkpoint), [checkpoint.Delivered]),
        Notice.RoomUpdated updated => new(nameof(IChatClient.RoomUpdated), [updated.Room]),
        Notice.RoomRemoved removed => new(nameof(IChatClient.RoomRemoved), [removed.RoomId]),
        Notice.Invited invited => new(nameof(IChatClient.Invited), [invited.Invitation]),
        Notice.ReadMarker marker => new(nameof(IChatClient.ReadMarker), [marker.RoomId, marker.UserId, marker.Seq]),
        Notice.Typing typing => new(nameof(IChatClient.Typing), [typing.RoomId, typing.UserId]),
        // MessagePack can write arrays, but not every list.
        Notice.PresenceChanged presence => new(nameof(IChatClient.Presence), [presence.Users.ToArray()]),
        _ => throw new ArgumentOutOfRangeException(nameof(notice)),
    };

    private ArrayBufferWriter<byte> EmptyPortion()
    {
        _portionUsed = true;
        if (_portion is not { Capacity: <= KeptBytes })
            _portion = new ArrayBufferWriter<byte>();
        _portion.ResetWrittenCount();
        return _portion;
    }

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

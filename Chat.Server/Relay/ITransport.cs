using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// The way to one client, as its session sees it. A session calls it from one turn at a time.
/// </summary>
public interface ITransport
{
    /// <summary>
    /// Writes events of one room in order. Completes when there is room for more (not when they were received: nobody can know
    /// that but the client); false once the connection is over.
    /// </summary>
    ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events);

    /// <summary>Writes something other than an event; false once the connection is over.</summary>
    ValueTask<bool> WriteAsync(Notice notice);

    /// <summary>
    /// Writes notices that other sessions get, too, in as few writes as possible. False once the connection is over.
    /// </summary>
    async ValueTask<bool> WriteAsync(IReadOnlyList<SharedNotice> notices)
    {
        foreach (var shared in notices)
        {
            if (!await WriteAsync(shared.Notice))
                return false;
        }
        return true;
    }

    /// <summary>Ends the connection now, whatever is in flight. Safe from any thread.</summary>
    void Abort();
}

/// <summary>What a session says beside events.</summary>
public abstract record Notice
{
    /// <summary>These numbers will not come by themselves.</summary>
    public sealed record Skipped(string RoomId, long From, long To) : Notice;

    /// <summary>How many events were written since the last sync.</summary>
    public sealed record Checkpoint(long Delivered) : Notice;

    /// <summary>The room, as this user sees it now.</summary>
    public sealed record RoomUpdated(Room Room) : Notice;

    /// <summary>The user is no longer in it.</summary>
    public sealed record RoomRemoved(string RoomId) : Notice;

    /// <summary>Somebody invited the user to a room.</summary>
    public sealed record Invited(Invitation Invitation) : Notice;

    /// <summary>Somebody has read up to a number.</summary>
    public sealed record ReadMarker(string RoomId, string UserId, long Seq) : Notice;

    /// <summary>Somebody is typing.</summary>
    public sealed record Typing(string RoomId, string UserId) : Notice;

    /// <summary>Who is there.</summary>
    public sealed record PresenceChanged(IReadOnlyList<Presence> Users) : Notice;
}

using Chat.Contracts;

namespace Chat.Client.Syncing;

/// <summary>What an event or a marker changes in a room as its member sees it. Pure.</summary>
internal static class RoomView
{
    private const int MaxMembers = 200;

    /// <summary>The room after an event.</summary>
    public static Room After(this Room room, ChatEvent e, string? me)
    {
        // What the snapshot has seen, it has counted: after a reconnect older events come once more.
        var counted = e.Seq <= room.Head;
        room = room with { Head = Math.Max(room.Head, e.Seq) };
        return e.Type switch
        {
            EventTypes.Message when !counted && e.Sender.Id != me && e.Seq > room.ReadUpTo => room with { Unread = room.Unread + 1 },
            EventTypes.Join =>
                room with { Members = With(room.Members, e.Sender), MemberCount = Count(room, counted, 1) },
            EventTypes.Leave => room with
            {
                Members = [.. room.Members.Where(m => m.Id != e.Sender.Id)],
                MemberCount = Count(room, counted, -1),
                // The next Sync tells who owns the room now.
                Owner = room.Owner == e.Sender.Id ? null : room.Owner,
            },
            EventTypes.Room when e.Room is { } change => room with { Name = change.Name ?? room.Name, Topic = change.Topic ?? room.Topic },
            _ => room,
        };
    }

    /// <summary>
    /// The view keeps no more members than a snapshot lists; the server lists the others page by page.
    /// </summary>
    private static IReadOnlyList<UserRef> With(IReadOnlyList<UserRef> members, UserRef joined) =>
        members.Count >= MaxMembers || members.Any(m => m.Id == joined.Id) ? members : [.. members, joined];

    /// <summary>An older server sends no member count.</summary>
    private static int Count(Room room, bool counted, int change) =>
        counted || room.MemberCount == 0 ? room.MemberCount : Math.Max(0, room.MemberCount + change);

    /// <summary>
    /// The room after I have read up to a number. How many of the later events are messages is not known here, so
    /// <c>Unread</c> is what can be said: no more than there are events. The next Sync brings the exact count.
    /// </summary>
    public static Room ReadTo(this Room room, long seq) => seq <= room.ReadUpTo
        ? room
        : room with { ReadUpTo = seq, Unread = (int)Math.Clamp(room.Head - seq, 0, room.Unread) };
}

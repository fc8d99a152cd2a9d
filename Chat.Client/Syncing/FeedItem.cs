using Chat.Contracts;

namespace Chat.Client.Syncing;

/// <summary>What waits for the reader of a <see cref="RoomFeed"/>, in its order.</summary>
internal abstract class FeedItem(string roomId)
{
    public string RoomId { get; } = roomId;

    /// <summary>One event.</summary>
    public sealed class One(ChatEvent e) : FeedItem(e.RoomId)
    {
        public ChatEvent Event { get; } = e;
    }

    /// <summary>Numbers to page from the server's log when the reader gets here. Changed only under the feed's lock.</summary>
    public sealed class Range(string roomId, long from, long to) : FeedItem(roomId)
    {
        public long From { get; set; } = from;

        public long To { get; set; } = to;
    }

    /// <summary>The room is gone (<see cref="Cursor"/> null), or begins anew after this number.</summary>
    public sealed class Place(string roomId, long? cursor) : FeedItem(roomId)
    {
        public long? Cursor { get; } = cursor;
    }
}

using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>The feeds of the rooms that have a connected session on this node. Thread-safe.</summary>
public sealed class RoomFeeds(
    IRoomLog log, HistoryBlocks blocks, IBackplane backplane, ILogger logger, Action<string> wentBack)
{
    private readonly Dictionary<string, RoomFeed> _feeds = [];

    /// <summary>The room's feed, held until <see cref="Release"/>.</summary>
    public RoomFeed Acquire(string roomId)
    {
        lock (_feeds)
        {
            if (!_feeds.TryGetValue(roomId, out var feed))
            {
                _feeds[roomId] = feed = new RoomFeed(roomId, log, blocks, logger) { WentBack = wentBack };
                backplane.Follow(roomId);
            }
            feed.References++;
            return feed;
        }
    }

    public void Release(RoomFeed feed)
    {
        lock (_feeds)
            feed.References--;
    }

    /// <summary>The room's feed if anybody here follows it.</summary>
    public RoomFeed? Find(string roomId)
    {
        lock (_feeds)
            return _feeds.GetValueOrDefault(roomId);
    }

    public IReadOnlyList<RoomFeed> All()
    {
        lock (_feeds)
            return [.. _feeds.Values];
    }

    /// <summary>
    /// Forgets feeds that nobody holds any more. Done in the sweep and not by <see cref="Release"/>: who reconnects finds the tail still there.
    /// </summary>
    public void Trim()
    {
        List<RoomFeed> unused;
        lock (_feeds)
        {
            unused = [.. _feeds.Values.Where(f => f.References == 0)];
            foreach (var feed in unused)
            {
                _feeds.Remove(feed.RoomId);
                blocks.Forget(feed); // nobody tells this node any more what is deleted in this room
                backplane.Unfollow(feed.RoomId);
            }
        }
        // The presence board knows the feeds of a client that polls for as long as it goes on polling.
        foreach (var feed in unused)
            feed.ForgetEvents();
    }
}

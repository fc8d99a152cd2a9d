using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// Reads events that are older than the tails from the log in aligned blocks. Readers of the same block share one read.
/// The last few blocks stay in memory, since clients that were away for the same time read the same places.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A block belongs to the feed for which it was read. A feed hears of every deletion in its room, or finds it by its
/// number. When nobody follows the room any more, the node hears nothing of it, so its blocks end with its feed.
/// </remarks>
public sealed class HistoryBlocks(IRoomLog log)
{
    /// <summary>Numbers in a block.</summary>
    public const int BlockSize = 128;

    /// <summary>The most parts of blocks that are kept, or being read.</summary>
    public const int Capacity = 64;

    /// <summary>About the most bytes that are kept. The newest part is always kept.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>How often a part is read again because a message was deleted during the read.</summary>
    private const int Tries = 3;

    private readonly Dictionary<(RoomFeed Feed, long After), LinkedListNode<Entry>> _parts = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>
    /// At least the event after a number, and events that follow it in its block. Throws as the log does. Where events
    /// are large a block has many parts. Of the parts before the number only the first one is read. It shows that
    /// events are large; then reading begins at the number.
    /// </summary>
    /// <param name="feed">The room.</param>
    /// <param name="after">The number.</param>
    /// <param name="pace">Runs what reads the log, when there is time for it; null: at once.</param>
    public async Task<IReadOnlyList<RelayedEvent>> ReadAsync(
        RoomFeed feed, long after,
        Func<Func<Task<IReadOnlyList<RelayedEvent>>>, Task<IReadOnlyList<RelayedEvent>>>? pace = null)
    {
        var start = after / BlockSize * BlockSize;
        var upTo = start + BlockSize;
        for (var next = start; ;)
        {
            var isKept = IsKept((feed, next));
            var from = isKept || next == start ? next : after;
            var part = isKept || pace is null
                ? await ReadPartAsync(feed, from, upTo)
                : await pace(() => ReadPartAsync(feed, from, upTo));
            if (part.Count == 0 || part[^1].Seq > after)
                return part;
            next = part[^1].Seq;
        }
    }

    /// <summary>
    /// Something in this feed's room was deleted (a message and its edits, which may lie in any block), or the feed is
    /// no longer held.
    /// </summary>
    public void Forget(RoomFeed feed)
    {
        lock (_parts)
        {
            foreach (var node in _parts.Where(b => b.Key.Feed == feed).Select(b => b.Value).ToList())
            {
                node.Value.IsStale = true;
                Remove(node);
            }
        }
    }

    private async Task<IReadOnlyList<RelayedEvent>> ReadPartAsync(RoomFeed feed, long from, long upTo)
    {
        for (var tries = 1; ; tries++)
        {
            var entry = Find((feed, from), (int)(upTo - from));
            try
            {
                var part = await entry.Events;
                if (entry.IsStale && tries < Tries)
                    continue;
                if (part.IsWhole)
                    Weigh(entry, part.Events);
                else
                    Forget(entry); // the part at the head: more will come
                return part.Events;
            }
            catch
            {
                Forget(entry);
                throw;
            }
        }
    }

    private bool IsKept((RoomFeed Feed, long After) key)
    {
        lock (_parts)
            return _parts.ContainsKey(key);
    }

    private Entry Find((RoomFeed Feed, long After) key, int limit)
    {
        lock (_parts)
        {
            if (_parts.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
            while (_byUse.Count >= Capacity)
                Remove(_byUse.Last!);
            var entry = new Entry(key, LoadAsync(key.Feed.RoomId, key.After, limit));
            _parts[key] = _byUse.AddFirst(entry);
            return entry;
        }
    }

    private async Task<Part> LoadAsync(string roomId, long after, int limit)
    {
        await Task.Yield(); // the read itself is not for the caller's lock
        var events = await log.ReadAfterAsync(roomId, after, limit);
        RelayedEvent[] relayed = [.. events.Select(e => new RelayedEvent(e))];
        return new Part(relayed, events.Count == limit || relayed.Sum(e => e.Size) >= PageBudget.Bytes);
    }

    private void Forget(Entry entry)
    {
        lock (_parts)
        {
            if (_parts.TryGetValue(entry.Key, out var node) && node.Value == entry)
                Remove(node);
        }
    }

    private void Weigh(Entry entry, IReadOnlyList<RelayedEvent> events)
    {
        lock (_parts)
        {
            if (entry.Bytes > 0 || !_parts.TryGetValue(entry.Key, out var node) || node.Value != entry)
                return;
            _bytes += entry.Bytes = events.Sum(e => (long)e.Weight);
            while (_bytes > MaxBytes && _byUse.Last != node)
                Remove(_byUse.Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _bytes -= node.Value.Bytes;
        _byUse.Remove(node);
        _parts.Remove(node.Value.Key);
    }

    /// <param name="Events">Ascending, without holes.</param>
    /// <param name="IsWhole">Whether no event will be added to it.</param>
    private sealed record Part(IReadOnlyList<RelayedEvent> Events, bool IsWhole);

    private sealed class Entry((RoomFeed Feed, long After) key, Task<Part> events)
    {
        private volatile bool _isStale;

        public (RoomFeed Feed, long After) Key { get; } = key;

        public Task<Part> Events { get; } = events;

        /// <summary>What it weighs, once it has been read.</summary>
        public long Bytes { get; set; }

        /// <summary>The part may hold text that has been deleted since the read.</summary>
        public bool IsStale
        {
            get => _isStale;
            set => _isStale = value;
        }
    }
}

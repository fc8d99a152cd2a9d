using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// What is older than the tails, read from the log in aligned blocks: readers of the same block share one read, and the last few blocks
/// stay, since clients that were away for the same time come through the same places. Thread-safe.
/// </summary>
public sealed class HistoryBlocks(IRoomLog log)
{
    /// <summary>Numbers in a block.</summary>
    public const int BlockSize = 128;

    /// <summary>Most blocks kept, or being read.</summary>
    public const int Capacity = 64;

    /// <summary>Most bytes kept, about; the block that was just read always is.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private readonly Dictionary<(string Room, long Block), LinkedListNode<Entry>> _blocks = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>At least the event after a number, and what follows it in its block. Throws as the log does.</summary>
    public async Task<IReadOnlyList<RelayedEvent>> ReadAsync(string roomId, long after)
    {
        var entry = Find((roomId, after / BlockSize));
        try
        {
            var events = await entry.Events;
            if (events.Count < BlockSize)
                Forget(entry); // the block at the head: more will come
            else
                Weigh(entry, events);
            return events;
        }
        catch
        {
            Forget(entry);
            throw;
        }
    }

    /// <summary>Something in this room was deleted: a message and its edits, which may lie in any block.</summary>
    public void Forget(string roomId)
    {
        lock (_blocks)
        {
            foreach (var node in _blocks.Where(b => b.Key.Room == roomId).Select(b => b.Value).ToList())
                Remove(node);
        }
    }

    private Entry Find((string Room, long Block) key)
    {
        lock (_blocks)
        {
            if (_blocks.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
            while (_byUse.Count >= Capacity)
                Remove(_byUse.Last!);
            var entry = new Entry(key, LoadAsync(key));
            _blocks[key] = _byUse.AddFirst(entry);
            return entry;
        }
    }

    private async Task<IReadOnlyList<RelayedEvent>> LoadAsync((string Room, long Block) key)
    {
        await Task.Yield(); // the read itself is not for the caller's lock
        var events = await log.ReadAfterAsync(key.Room, key.Block * BlockSize, BlockSize);
        return [.. events.Select(e => new RelayedEvent(e))];
    }

    private void Forget(Entry entry)
    {
        lock (_blocks)
        {
            if (_blocks.TryGetValue(entry.Key, out var node) && node.Value == entry)
                Remove(node);
        }
    }

    private void Weigh(Entry entry, IReadOnlyList<RelayedEvent> events)
    {
        lock (_blocks)
        {
            if (entry.Bytes > 0 || !_blocks.TryGetValue(entry.Key, out var node) || node.Value != entry)
                return;
            _bytes += entry.Bytes = events.Sum(e => (long)e.Size);
            while (_bytes > MaxBytes && _byUse.Last != node)
                Remove(_byUse.Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _bytes -= node.Value.Bytes;
        _byUse.Remove(node);
        _blocks.Remove(node.Value.Key);
    }

    private sealed class Entry((string Room, long Block) key, Task<IReadOnlyList<RelayedEvent>> events)
    {
        public (string Room, long Block) Key { get; } = key;

        public Task<IReadOnlyList<RelayedEvent>> Events { get; } = events;

        /// <summary>What it weighs, once it has been read.</summary>
        public long Bytes { get; set; }
    }
}

using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Sending;

/// <summary>An entry with what is known about it here.</summary>
internal sealed class Pending(OutboxEntry entry)
{
    public OutboxEntry Entry { get; set; } = entry;

    /// <summary>What travels.</summary>
    public NewMessage Message { get; } = new(entry.ClientId, entry.Body, entry.ReplyTo);

    /// <summary>Bytes of JSON.</summary>
    public int Bytes { get; init; }

    /// <summary>Whether it would survive a crash, if it has to. Not sent before.</summary>
    public bool Stored { get; set; }

    public TaskCompletionSource<SendResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Messages that are not acknowledged, in the order in which they were written. Bounded: one more than <paramref name="capacity"/> is refused.
/// Thread-safe.
/// </summary>
/// <param name="capacity">Most entries.</param>
/// <param name="file">Keeps them beyond the process; null for memory alone.</param>
/// <param name="changed">Told after each change, on any thread.</param>
internal sealed class OutboxQueue(int capacity, OutboxFile? file, Action changed)
{
    /// <summary>A single message above this would not pass as a hub message, and would break the connection again and again.</summary>
    public const int MostBytes = Limits.HubMessageBytes - 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<Pending> _all = [];
    private readonly Dictionary<OutboxKey, LinkedListNode<Pending>> _byKey = [];
    private readonly Dictionary<string, LinkedList<Pending>> _byRoom = [];

    /// <summary>Everything, oldest first; a snapshot.</summary>
    public IReadOnlyList<OutboxEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _all.Select(p => p.Entry)];
        }
    }

    /// <summary>Takes over what an earlier process left; returns the rooms.</summary>
    public IReadOnlyList<string> Restore()
    {
        lock (_lock)
        {
            foreach (var entry in file?.Earlier ?? [])
                Insert(new Pending(entry) { Bytes = Size(entry), Stored = true });
            return [.. _byRoom.Keys];
        }
    }

    /// <summary>
    /// Puts an entry at the end, before it returns; the task completes when the entry may be sent. The same entry again is the same
    /// entry. Throws <see cref="ChatException"/> at once where it cannot be taken.
    /// </summary>
    public Task<Pending> AddAsync(OutboxEntry entry)
    {
        var pending = new Pending(entry) { Bytes = Size(entry), Stored = file is null };
        if (pending.Bytes > MostBytes)
            throw new ChatException(ErrorCodes.TooLarge, $"The message has {pending.Bytes} bytes as JSON; at most {MostBytes} can travel.");
        Task? stored;
        lock (_lock)
        {
            if (_byKey.TryGetValue(OutboxKey.Of(entry), out var same))
                return same.Value.Message == pending.Message
                    ? Task.FromResult(same.Value)
                    : throw new ChatException(ErrorCodes.KeyReused, "The client id is in use for another message that waits in the outbox.");
            if (_all.Count >= capacity)
                throw new ChatException(ErrorCodes.Unavailable, $"The outbox is full: {capacity} messages wait.");
            Insert(pending);
            // Inside the lock, so that the file has the order of the queue.
            stored = file?.AddAsync(entry);
        }

        changed();
        return stored is null ? Task.FromResult(pending) : StoredAsync(pending, stored);
    }

    /// <summary>The entries at the front of a room that may travel in one call.</summary>
    public IReadOnlyList<Pending> Batch(string roomId, int most, int mostBytes)
    {
        var batch = new List<Pending>();
        lock (_lock)
        {
            var bytes = 0;
            foreach (var pending in _byRoom.GetValueOrDefault(roomId) ?? [])
            {
                bytes += pending.Bytes;
                if (!pending.Stored || batch.Count == most || (bytes > mostBytes && batch.Count > 0))
                    break;
                batch.Add(pending);
            }
        }

        return batch;
    }

    /// <summary>Notes why entries wait; null: they are being tried.</summary>
    public void Note(IEnumerable<Pending> batch, SendError? error)
    {
        var news = false;
        lock (_lock)
        {
            foreach (var pending in batch.Where(p => p.Entry.Error != error))
                (pending.Entry, news) = (pending.Entry with { Error = error }, true);
        }

        if (news)
            changed();
    }

    /// <summary>It is in the server's log.</summary>
    public void Done(Pending pending, SendResult result)
    {
        Remove(pending);
        pending.Result.TrySetResult(result);
    }

    /// <summary>The server will never take it.</summary>
    public void Refuse(Pending pending, ChatException refusal)
    {
        Remove(pending);
        Fault(pending, refusal);
    }

    /// <summary>Tells all who wait for a result that none will come from here; the entries stay.</summary>
    public void Abandon(ChatException reason)
    {
        List<Pending> all;
        lock (_lock)
            all = [.. _all];
        all.ForEach(p => Fault(p, reason));
    }

    private async Task<Pending> StoredAsync(Pending pending, Task stored)
    {
        try
        {
            await stored;
            lock (_lock)
                pending.Stored = true;
            return pending;
        }
        catch (ChatException e)
        {
            Refuse(pending, e);
            throw;
        }
    }

    private void Insert(Pending pending)
    {
        _byKey[OutboxKey.Of(pending.Entry)] = _all.AddLast(pending);
        if (!_byRoom.TryGetValue(pending.Entry.RoomId, out var room))
            _byRoom[pending.Entry.RoomId] = room = [];
        room.AddLast(pending);
    }

    private void Remove(Pending pending)
    {
        var key = OutboxKey.Of(pending.Entry);
        lock (_lock)
        {
            if (!_byKey.Remove(key, out var node))
                return;
            _all.Remove(node);
            var room = _byRoom[key.RoomId];
            // Nearly always the first one, so this does not search.
            room.Remove(pending);
            if (room.Count == 0)
                _byRoom.Remove(key.RoomId);
            file?.Done(key);
        }

        changed();
    }

    private static void Fault(Pending pending, ChatException reason)
    {
        if (pending.Result.TrySetException(reason))
            // Nobody has to wait for a result; one that nobody looks at is not an accident.
            _ = pending.Result.Task.Exception;
    }

    private static int Size(OutboxEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(new NewMessage(entry.ClientId, entry.Body, entry.ReplyTo), ChatJson.Options).Length + 1;
}

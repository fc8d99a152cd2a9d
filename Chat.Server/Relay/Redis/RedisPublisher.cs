using System.Threading.Channels;
using Chat.Contracts;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Says to other nodes what is new here. Whoever has something to say leaves it in a queue and goes on; what gathers while Redis answers goes out
/// together, one message a channel. What does not fit, or cannot be said, is dropped and counted, and the count goes out with the heartbeat.
/// Thread-safe.
/// </summary>
internal sealed class RedisPublisher(string nodeId, RedisConnection redis, HintSeal seal)
{
    private const int MaxItems = 10_000;
    private const int MaxBytes = 32 * 1024 * 1024;
    private const int BatchItems = 500;
    private const int MessageBytes = 256 * 1024;

    // Full: the newest is dropped and TryWrite says so, since nobody may wait for Redis.
    private readonly Channel<Item> _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxItems) { SingleReader = true });
    private long _bytes;
    private long _lost;

    /// <summary>How many things that matter were dropped since the start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public void Add(IReadOnlyList<ChatEvent> events) => Add(new Item(events, events.Sum(Size), Matters: true));

    public void Add(RelaySignal signal) => Add(new Item(signal, 100, Matters: false));

    public void AddSignInEnd(string signInId) => Add(new Item(signInId, 100, Matters: true));

    public void AddConsent(IReadOnlyList<string> userIds) =>
        Add(new Item(new Concerned(userIds), 100 * userIds.Count, Matters: true));

    /// <summary>Holes in its numbers are seen by the others, who ask.</summary>
    public void Add(PresenceWord presence) => Add(new Item(presence, 100 * presence.Users.Count, Matters: false));

    public void Ask(string otherNode) => Add(new Item(new Question(otherNode), 100, Matters: false));

    /// <summary>Publishes until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _queue.Reader.WaitToReadAsync(stopping))
        {
            var batch = new Batch(nodeId);
            for (var items = 0; items < BatchItems && batch.Bytes < MessageBytes && _queue.Reader.TryRead(out var item); items++)
            {
                Interlocked.Add(ref _bytes, -item.Bytes);
                batch.Add(item);
            }
            var isOut = false;
            try
            {
                // All messages of a batch are on their way before the publisher awaits the first answer. The next batch
                // gathers meanwhile.
                isOut = !(await Task.WhenAll(batch.Words().Select(w => TryPublishAsync(w.Channel, w.Word)).ToList()))
                    .Contains(false);
            }
            finally
            {
                if (batch.Matters && !isOut)
                    Interlocked.Increment(ref _lost);
            }
        }
    }

    /// <summary>Says something now; false if that did not work. Does not throw.</summary>
    public async Task<bool> TryPublishAsync(RedisChannel channel, RedisWord word)
    {
        try
        {
            if (redis.Subscriber is not { } subscriber)
                return false;
            await subscriber.PublishAsync(channel, seal.Write(channel, word));
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static int Size(ChatEvent e) => 300 + ((e.Body?.Length ?? 0) * 2);

    private void Add(Item item)
    {
        if (Interlocked.Add(ref _bytes, item.Bytes) <= MaxBytes && _queue.Writer.TryWrite(item))
            return;
        Interlocked.Add(ref _bytes, -item.Bytes);
        if (item.Matters)
            Interlocked.Increment(ref _lost);
    }

    private readonly record struct Item(object What, int Bytes, bool Matters);

    private sealed record Question(string Node);

    private sealed record Concerned(IReadOnlyList<string> UserIds);

    /// <summary>What goes out together.</summary>
    private sealed class Batch(string nodeId)
    {
        private readonly Dictionary<string, RedisWord> _rooms = [];
        private readonly RedisWord _nodes = new() { From = nodeId };
        private bool _anyForNodes;

        public int Bytes { get; private set; }

        public bool Matters { get; private set; }

        public void Add(Item item)
        {
            Bytes += item.Bytes;
            Matters |= item.Matters;
            switch (item.What)
            {
                case IReadOnlyList<ChatEvent> events:
                    foreach (var e in events)
                    {
                        (Room(e.RoomId).Events ??= []).Add(e);
                        // Who becomes a member may be connected to a node on which nobody else follows the room.
                        if (e.Type == EventTypes.Join)
                            (Nodes().Events ??= []).Add(e);
                    }
                    break;
                case RelaySignal.Typing typing:
                    (Room(typing.RoomId).Typing ??= []).Add(typing);
                    break;
                case RelaySignal.ReadMarker marker:
                    (Room(marker.RoomId).Read ??= []).Add(marker);
                    break;
                case string signInId:
                    (Nodes().Ended ??= []).Add(signInId);
                    break;
                case Concerned concerned:
                    (Nodes().Consent ??= []).AddRange(concerned.UserIds);
                    break;
                case PresenceWord presence:
                    (Nodes().Presence ??= []).Add(presence);
                    break;
                case Question question:
                    (Nodes().Ask ??= []).Add(question.Node);
                    break;
            }
        }

        public IEnumerable<(RedisChannel Channel, RedisWord Word)> Words()
        {
            foreach (var (roomId, word) in _rooms)
            {
                foreach (var part in Split(word))
                    yield return (RedisNames.Room(roomId), part);
            }
            if (_anyForNodes)
                yield return (RedisNames.Nodes, _nodes);
        }

        private RedisWord Room(string roomId) => _rooms.TryGetValue(roomId, out var word) ? word : _rooms[roomId] = new RedisWord { From = nodeId };

        private RedisWord Nodes()
        {
            _anyForNodes = true;
            return _nodes;
        }

        /// <summary>One commit alone may be larger than a message should be.</summary>
        private static IEnumerable<RedisWord> Split(RedisWord word)
        {
            var all = word.Events ?? [];
            for (var from = 0; from < all.Count;)
            {
                var (count, bytes) = (0, 0);
                while (from + count < all.Count && (count == 0 || bytes + Size(all[from + count]) <= MessageBytes))
                    bytes += Size(all[from + count++]);
                yield return new RedisWord { From = word.From, Events = all.GetRange(from, count) };
                from += count;
            }
            if (word.Typing is not null || word.Read is not null)
                yield return word with { Events = null };
        }
    }
}

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Remembers which signed messages arrived, so that none counts twice. A node numbers its messages over all channels.
/// Another node gets only some of them, over several connections, so their order says nothing. The window keeps each
/// sender's newest number, and a bit for each number shortly before it. A message that is older than a minute by its
/// own time does not count, so the window can forget a sender that was silent for longer. The number of nodes bounds
/// its memory. Thread-safe.
/// </summary>
internal sealed class HintWindow(TimeProvider time)
{
    /// <summary>How far behind the sender's newest number a message may be: some seconds of the busiest node.</summary>
    public const int Width = 65_536;

    /// <summary>How long a message counts. Nodes go by the database's clock and differ by 5 s at most.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = [];
    private long _cleaned = time.GetTimestamp();

    /// <summary>Whether signed messages of this sender arrived lately.</summary>
    public bool Knows(string sender)
    {
        lock (_gate)
            return _senders.ContainsKey(sender);
    }

    /// <summary>Notes a message whose code is right.</summary>
    public Heard Take(RedisWord word)
    {
        if (word is not { Number: > 0 and { } number, At: { } at }
            || Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - at) > Fresh.TotalMilliseconds)
            return Heard.Late;
        lock (_gate)
        {
            Clean();
            if (!_senders.TryGetValue(word.From, out var sender))
                _senders[word.From] = sender = new Sender();
            var heard = sender.Take(number);
            if (heard == Heard.New)
                sender.HeardAt = time.GetTimestamp();
            return heard;
        }
    }

    private void Clean()
    {
        if (time.GetElapsedTime(_cleaned) < Fresh)
            return;
        _cleaned = time.GetTimestamp();
        // The last message of such a sender is too old by now, even if its clock was ahead.
        foreach (var gone in _senders.Where(s => time.GetElapsedTime(s.Value.HeardAt) > Fresh * 3).Select(s => s.Key)
            .ToList())
            _senders.Remove(gone);
    }

    private sealed class Sender
    {
        private readonly ulong[] _bits = new ulong[Width / 64];
        private long _newest;

        public long HeardAt { get; set; }

        public Heard Take(long number)
        {
            if (number <= _newest - Width)
                return Heard.Late;
            if (number > _newest)
            {
                if (number - _newest >= Width)
                    Array.Clear(_bits);
                else
                    Forget(_newest + 1, number);
                _newest = number;
            }
            ref var bits = ref _bits[number % Width / 64];
            var bit = 1UL << (int)(number % 64);
            if ((bits & bit) != 0)
                return Heard.Again;
            bits |= bit;
            return Heard.New;
        }

        private void Forget(long from, long to)
        {
            for (var number = from; number <= to; number++)
                _bits[number % Width / 64] &= ~(1UL << (int)(number % 64));
        }
    }
}

/// <summary>The result of noting a message.</summary>
internal enum Heard
{
    /// <summary>The message is new.</summary>
    New,

    /// <summary>The message arrived before, so ignoring it misses nothing.</summary>
    Again,

    /// <summary>
    /// The message is so old, or so far behind its sender's newest, that it may have arrived before or not.
    /// </summary>
    Late,
}

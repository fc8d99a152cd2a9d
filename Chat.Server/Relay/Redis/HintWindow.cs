namespace Chat.Server.Relay.Redis;

/// <summary>
/// Which signed words were heard, so that none counts twice, whoever repeats it. A node numbers its words over all
/// channels; a node hears only some of them, on several connections, so the order says nothing. Of each sender the
/// newest number is kept, and a bit for each of those shortly before it. What is older than a minute by its own time
/// does not count, so senders that are gone for longer can be forgotten: memory is bounded by the nodes that there
/// are. Thread-safe.
/// </summary>
internal sealed class HintWindow(TimeProvider time)
{
    /// <summary>How far behind a sender's newest word one may be: seconds of the busiest node.</summary>
    public const int Width = 65_536;

    /// <summary>How long a word counts. Nodes go by the database's clock and differ by 5 s at most.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = [];
    private long _cleaned = time.GetTimestamp();

    /// <summary>Whether words of this sender were heard lately, all of which it has signed.</summary>
    public bool Knows(string sender)
    {
        lock (_gate)
            return _senders.ContainsKey(sender);
    }

    /// <summary>Takes note of a word whose code is right.</summary>
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
        // What such a sender said last is too old by now, even if its clock was ahead.
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

/// <summary>What a word is to who hears it.</summary>
internal enum Heard
{
    /// <summary>News.</summary>
    New,

    /// <summary>Heard before: nothing is missed by passing over it.</summary>
    Again,

    /// <summary>So old, or so far behind its sender's newest, that it may have been heard or not.</summary>
    Late,
}

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Counts messages over Redis that this node did not believe, and logs them now and then. They are a reason to ask the
/// database, since somebody who can publish may also have suppressed a message. The node asks at most once a second,
/// however many come, and accepts signed hints meanwhile. Thread-safe.
/// </summary>
internal sealed class NotBelieved(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(30),
        s_betweenDoubts = TimeSpan.FromSeconds(1), s_recent = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _count, _told, _toldAt, _doubtedAt, _lastAt;
    private bool _doubt;

    /// <summary>The number of such messages since the start.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Whether a suspicious message came within the last minute.</summary>
    public bool IsRecent => Volatile.Read(ref _lastAt) is not 0 and var at && time.GetElapsedTime(at) < s_recent;

    /// <summary>Counts one more message. This is cheap, since anybody may send a flood of them.</summary>
    /// <param name="reason">The reason, for the log.</param>
    /// <param name="mayMiss">Whether the message may have replaced a true one. A repeat replaces none, and Redis may
    /// make one itself when it moves its shards.</param>
    /// <param name="isSuspicious">Whether somebody else may have published the message, which health then says.</param>
    public void Add(string reason, bool mayMiss, bool isSuspicious)
    {
        lock (_gate)
        {
            var now = Math.Max(1, time.GetTimestamp());
            _doubt |= mayMiss;
            if (isSuspicious)
                _lastAt = now;
            Volatile.Write(ref _count, _count + 1); // last, since it is read without the lock
            if (_toldAt != 0 && time.GetElapsedTime(_toldAt) < s_betweenLines)
                return;
            logger.NotBelieved(_count - _told, reason);
            (_told, _toldAt) = (_count, now);
        }
    }

    /// <summary>Whether this node should ask the database now.</summary>
    public bool TakeDoubt()
    {
        lock (_gate)
        {
            if (!_doubt || (_doubtedAt != 0 && time.GetElapsedTime(_doubtedAt) < s_betweenDoubts))
                return false;
            (_doubt, _doubtedAt) = (false, Math.Max(1, time.GetTimestamp()));
            return true;
        }
    }
}

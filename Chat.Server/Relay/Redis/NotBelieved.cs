namespace Chat.Server.Relay.Redis;

/// <summary>
/// Messages over Redis that were not believed: counted, logged now and then, and a reason to ask the database, since
/// somebody who can publish may also have kept something back. However many come, that is once a second, and hints go
/// on beside it. Thread-safe.
/// </summary>
internal sealed class NotBelieved(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(30),
        s_betweenDoubts = TimeSpan.FromSeconds(1), s_recent = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _count, _told, _toldAt, _doubtedAt, _lastAt;
    private bool _doubt;

    /// <summary>Since the start.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Within the last minute.</summary>
    public bool IsRecent => Volatile.Read(ref _lastAt) is not 0 and var at && time.GetElapsedTime(at) < s_recent;

    /// <summary>One more. Cheap, since anybody may send a flood of them.</summary>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="mayMiss">Whether something true may not have come; a repeat takes nothing away, and Redis may
    /// make one itself when it moves its shards.</param>
    public void Add(string reason, bool mayMiss)
    {
        lock (_gate)
        {
            _count++;
            var now = Math.Max(1, time.GetTimestamp());
            if (mayMiss)
                (_doubt, _lastAt) = (true, now);
            if (_toldAt != 0 && time.GetElapsedTime(_toldAt) < s_betweenLines)
                return;
            logger.NotBelieved(_count - _told, reason);
            (_told, _toldAt) = (_count, now);
        }
    }

    /// <summary>Whether the database is to be asked now.</summary>
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

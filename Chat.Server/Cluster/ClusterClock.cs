namespace Chat.Server.Cluster;

/// <summary>
/// The time of day by the database's clock, which all nodes share: a token that one node has issued a minute ago is a minute old on every other, however
/// wrong a machine's own clock is, and whether it jumps. What the database has said is carried on by the monotonic clock; a small difference is left alone, since
/// what is measured has the network's delay in it. Timers and time spans are the machine's. Thread-safe.
/// </summary>
internal sealed class ClusterClock(TimeProvider own, ILogger<ClusterClock> logger) : TimeProvider
{
    /// <summary>Differences up to this are left alone.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile Reading? _reading;
    private TimeSpan _told;

    public override long TimestampFrequency => own.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    /// <summary>Takes note of the database's time; as often as there is news of it.</summary>
    public void Follow(DateTime now)
    {
        lock (_lock)
        {
            var machine = own.GetUtcNow();
            var difference = now - machine.UtcDateTime;
            var right = difference.Duration() <= Tolerance;
            if (_reading is null || (now - GetUtcNow().UtcDateTime).Duration() > Tolerance)
                _reading = new Reading(right ? machine : new DateTimeOffset(now, TimeSpan.Zero), own.GetTimestamp());
            if ((difference - _told).Duration() <= Tolerance)
                return;
            _told = right ? TimeSpan.Zero : difference;
            logger.ClockDiffers(difference.TotalSeconds);
        }
    }

    /// <summary>The machine's until the database has been asked for the first time.</summary>
    public override DateTimeOffset GetUtcNow() => _reading is { } reading ? reading.Time + own.GetElapsedTime(reading.Timestamp) : own.GetUtcNow();

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    private sealed record Reading(DateTimeOffset Time, long Timestamp);
}

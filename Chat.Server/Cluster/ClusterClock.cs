namespace Chat.Server.Cluster;

/// <summary>
/// The time of day by the database's clock, which all nodes share: a token that one node has issued a minute ago is a minute old on every other, however
/// wrong a machine's own clock is. A small difference is left alone, since what is measured has the network's delay in it. Timers and time spans are the
/// machine's. Thread-safe.
/// </summary>
internal sealed class ClusterClock(TimeProvider own, ILogger<ClusterClock> logger) : TimeProvider
{
    /// <summary>Differences up to this are left alone.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private long _ahead;

    /// <summary>How far this clock is ahead of the machine's; zero within <see cref="Tolerance"/>.</summary>
    public TimeSpan Correction => new(Interlocked.Read(ref _ahead));

    public override long TimestampFrequency => own.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    /// <summary>Takes note of the database's time; as often as there is news of it.</summary>
    public void Follow(DateTime now)
    {
        var difference = now - own.GetUtcNow().UtcDateTime;
        if ((difference - Correction).Duration() <= Tolerance)
            return;
        Interlocked.Exchange(ref _ahead, difference.Duration() <= Tolerance ? 0 : difference.Ticks);
        logger.ClockDiffers(difference.TotalSeconds);
    }

    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() + Correction;

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);
}

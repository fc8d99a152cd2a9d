namespace Chat.Client.Console.Doctor.Trials;

/// <summary>Judges how a series of messages, sent apart, came in. No clock of its own.</summary>
public static class Arrivals
{
    /// <summary>What comes in nearer together than this came in one piece.</summary>
    private static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(30);

    /// <summary>Messages that take less than this are not held back, however they come.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(400);

    /// <param name="series">When each was sent and when it came in, in the order of sending; null: it did not.</param>
    public static Arrival Judge(IReadOnlyList<(TimeSpan Sent, TimeSpan? Heard)> series)
    {
        var heard = series.Where(m => m.Heard is not null).Select(m => (m.Sent, Heard: m.Heard!.Value)).OrderBy(m => m.Heard).ToList();
        if (heard is [])
            return Arrival.Never;
        var pieces = 1 + heard.Zip(heard.Skip(1)).Count(pair => pair.Second.Heard - pair.First.Heard > s_together);
        var delays = heard.Select(m => m.Heard - m.Sent).Order().ToList();
        var late = delays[delays.Count / 2] > s_soon && pieces <= Math.Max(1, heard.Count / 3);
        if (heard.Count == series.Count)
            return late ? Arrival.HeldBack : Arrival.AtOnce;
        // What fills a buffer comes out of it, and the rest stays in it.
        var onlyTheLast = series.SkipWhile(m => m.Heard is not null).All(m => m.Heard is null);
        return late && onlyTheLast ? Arrival.HeldBack : Arrival.WithGaps;
    }

    /// <summary>The value below which so many of them are, 0 to 1; null of none.</summary>
    public static TimeSpan? Quantile(IReadOnlyList<TimeSpan> times, double q) =>
        times is [] ? null : times.Order().ElementAt((int)Math.Ceiling(q * times.Count) is var rank && rank > 0 ? rank - 1 : 0);
}

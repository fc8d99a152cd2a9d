using System.Diagnostics;

namespace Chat.Bench.History;

/// <summary>
/// Which of a user's stays in a room a client must have been shown. One that began and ended while it was cut off it need not know of: when it is back it is told
/// what it is in, and gets what comes after its cursors; of a room that it neither is in nor was in when it went, nothing.
/// </summary>
internal sealed class Owed(ChatHistory history)
{
    /// <summary>How long what happens to a room may take to a client that is served: while Redis is down, 2 s and what a busy machine adds.</summary>
    private static readonly long s_delay = 5 * Stopwatch.Frequency;

    private readonly ILookup<string, Absence> _absences = history.Absences.ToLookup(a => a.Observer);

    /// <summary>Those that it was shown something of, or cannot have missed.</summary>
    public IReadOnlyList<Stay> To(Watch watch, Stays room, IReadOnlyCollection<long> shown) =>
        [.. room.Of(watch.UserId).Where(s => s.From <= watch.After || shown.Any(seq => s.From <= seq && seq <= s.To) || !MayMiss(watch.Observer, s, room.IsUnsure(watch.UserId)))];

    /// <summary>Whether it was cut off before it can have been told of the beginning, and back only after somebody had asked for the end.</summary>
    private bool MayMiss(string observer, Stay stay, bool unsure)
    {
        if (stay.To == long.MaxValue || stay.Call is not { } begun || (stay.Leave ?? (unsure ? begun : null)) is not { } over)
            return false;
        var told = unsure || begun.Done is not { } done ? long.MaxValue : done + s_delay;
        return _absences[observer].Any(a => a.Back >= over.Started && LastBefore(observer, a.Lost) <= told);
    }

    private long LastBefore(string observer, long time) => history.SeenBy(observer).Where(o => o.At <= time).Select(o => o.At).DefaultIfEmpty(0).Max();
}

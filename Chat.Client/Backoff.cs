namespace Chat.Client;

/// <summary>
/// Full jitter: each wait is random between zero and a bound that doubles, so that clients which lost the same server
/// do not all come back at the same moment.
/// </summary>
/// <param name="first">The bound of the first wait.</param>
/// <param name="max">The bound never grows above this.</param>
/// <param name="floor">No wait is shorter than this.</param>
/// <param name="random">Gives numbers in [0, 1); null for the shared generator.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan max, TimeSpan floor = default, Func<double>? random = null)
{
    private int _tries;

    /// <summary>How many waits were handed out since the last <see cref="Reset"/>.</summary>
    public int Tries => _tries;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        // The exponent is capped because a double turns infinite long before a client gives up.
        var bound = Math.Min(max.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_tries, 40)));
        _tries++;
        var wait = TimeSpan.FromMilliseconds(bound * (random ?? Random.Shared.NextDouble)());
        return wait < floor ? floor : wait;
    }

    /// <summary>Starts over, because something worked.</summary>
    public void Reset() => _tries = 0;
}

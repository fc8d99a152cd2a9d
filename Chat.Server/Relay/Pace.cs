namespace Chat.Server.Relay;

/// <summary>
/// Tells news at a pace: at once after a pause, and then only after a rest that grows with the number of sessions that
/// got the news before. News that gathers meanwhile is told together. Thread-safe.
/// </summary>
/// <param name="tell">Takes the news that has gathered and tells it; returns to how many sessions. Never runs twice at
/// once.</param>
/// <param name="restPerSession">The rest for each of those who were told.</param>
/// <param name="longestRest">The rest after a crowd.</param>
/// <param name="time">For the rests.</param>
/// <param name="logger">For a telling that fails.</param>
internal sealed class Pace(
    Func<int> tell, TimeSpan restPerSession, TimeSpan longestRest, TimeProvider time, ILogger logger)
{
    /// <summary>So few sessions never wait.</summary>
    private const int Few = 8;

    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // never held together with another lock
    private bool _asked, _busy;

    /// <summary>
    /// Notes that there is news. It is told before this returns, or later by the call that tells or rests now.
    /// </summary>
    public void Ask()
    {
        lock (_gate)
        {
            _asked = true;
            if (_busy)
                return;
            _busy = true;
        }
        TellAll();
    }

    private void TellAll()
    {
        while (Next())
        {
            var rest = Tell();
            if (rest == TimeSpan.Zero)
                continue;
            _ = RestAsync(rest);
            return;
        }
    }

    private bool Next()
    {
        lock (_gate)
        {
            _busy = _asked;
            _asked = false;
            return _busy;
        }
    }

    /// <summary>Returns the rest. A telling that fails has lost its news; later news is told all the same.</summary>
    private TimeSpan Tell()
    {
        try
        {
            var told = tell();
            var rest = told <= Few ? TimeSpan.Zero : restPerSession * told;
            return rest < longestRest ? rest : longestRest;
        }
        catch (Exception e)
        {
            logger.TellingFailed(e);
            return s_afterFailure;
        }
    }

    private async Task RestAsync(TimeSpan rest)
    {
        await Task.Delay(rest, time);
        TellAll();
    }
}

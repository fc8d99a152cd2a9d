namespace Chat.Client.Transports;

/// <summary>Why a connection could not be made.</summary>
internal enum StartFailure
{
    /// <summary>Nobody answered at all, or the server said "not now": no transport would have fared better.</summary>
    Unreachable,

    /// <summary>The server answered the negotiation, but this transport brought no answer to the first call.</summary>
    Transport,
}

/// <summary>How a connection was lost.</summary>
internal enum Loss
{
    /// <summary>We closed it ourselves.</summary>
    Deliberate,

    /// <summary>It broke or was closed.</summary>
    Closed,

    /// <summary>It stayed open, but nothing came any more.</summary>
    Silent,
}

/// <summary>
/// Which transport to use next. No clock, no I/O: it is told what happened. Not thread-safe; one loop owns it.
/// <list type="bullet">
/// <item>A transport that does not start gives way to the next one at once; after all have failed there is a wait, and it begins again.</item>
/// <item>An unreachable server says nothing about transports: back to the one that is known to work, or the best.</item>
/// <item>A connection lost twice quickly, or silent twice, goes down one; a probe brings it up again.</item>
/// </list>
/// </summary>
/// <param name="forced">Only this one; null for all.</param>
/// <param name="remembered">What worked the last time; null for the best.</param>
/// <param name="probeInterval">The normal time between two probes upward.</param>
internal sealed class TransportPolicy(TransportKind? forced, TransportKind? remembered, TimeSpan probeInterval)
{
    /// <summary>A connection that breaks sooner than this after its start counts as a quick failure.</summary>
    public static readonly TimeSpan QuickLife = TimeSpan.FromSeconds(10);

    /// <summary>Two quick failures further apart than this have nothing to do with each other.</summary>
    public static readonly TimeSpan QuickWindow = TimeSpan.FromMinutes(2);

    private const int Kinds = 3;
    private const int MostPenalties = 4;

    private TransportKind _home = forced ?? remembered ?? TransportKind.WebSockets;
    private bool _bestProven;
    private int _failedStarts;
    private int _quickLosses;
    private int _penalties;
    private int _failedProbes;
    private DateTimeOffset _connectedAt;
    private DateTimeOffset _lastQuickLoss;

    /// <summary>What to try next, or what is in use.</summary>
    public TransportKind Current { get; private set; } = forced ?? remembered ?? TransportKind.WebSockets;

    /// <summary>A try failed. True: try <see cref="Current"/> at once; false: wait first.</summary>
    public bool StartFailed(StartFailure failure)
    {
        if (failure == StartFailure.Unreachable)
        {
            // What looked like a failing transport a moment ago was a dying server.
            (Current, _failedStarts, _quickLosses) = (_home, 0, 0);
            return false;
        }

        if (forced is not null)
            return false;
        if (++_failedStarts < Kinds)
        {
            Current = (TransportKind)(((int)Current + 1) % Kinds);
            return true;
        }

        (Current, _failedStarts) = (_home, 0);
        return false;
    }

    /// <summary><see cref="Current"/> brought an answer.</summary>
    public void Connected(DateTimeOffset now)
    {
        _connectedAt = now;
        _failedStarts = 0;
        if (Current != _home)
            _failedProbes = 0;
        _home = Current;
        _bestProven |= Current == TransportKind.WebSockets;
    }

    /// <summary>The connection on <see cref="Current"/> is gone.</summary>
    public void Lost(Loss loss, DateTimeOffset now)
    {
        if (loss == Loss.Deliberate)
            return;
        if (loss == Loss.Closed && now - _connectedAt >= QuickLife)
        {
            (_quickLosses, _penalties) = (0, 0);
            return;
        }

        _quickLosses = now - _lastQuickLoss > QuickWindow ? 1 : _quickLosses + 1;
        _lastQuickLoss = now;
        if (_quickLosses < 2 || forced is not null || Current == TransportKind.LongPolling)
            return;
        Current = _home = Current + 1;
        // A transport that keeps passing the probe and then fails is probed less and less often.
        _penalties = Math.Min(_penalties + 1, MostPenalties);
        (_quickLosses, _failedProbes) = (0, 0);
    }

    /// <summary>How long to stay on <see cref="Current"/> before the better ones are probed; null if there is nothing to probe.</summary>
    public TimeSpan? ProbeAfter
    {
        get
        {
            if (forced is not null || Current == TransportKind.WebSockets)
                return null;
            if (_penalties > 0)
                return probeInterval * (1 << (_penalties - 1));
            // The best one has worked before in this process: it was probably the server that stumbled, so look again soon.
            return _bestProven && _failedProbes < 4 ? probeInterval / (1 << (4 - _failedProbes)) : probeInterval;
        }
    }

    /// <summary>The transports above <see cref="Current"/>, best first.</summary>
    public IEnumerable<TransportKind> Better => Enumerable.Range(0, (int)Current).Select(k => (TransportKind)k);

    /// <summary>None of <see cref="Better"/> worked.</summary>
    public void ProbeFailed() => _failedProbes++;

    /// <summary>A probe worked: use it from now on.</summary>
    public void MoveUp(TransportKind kind) => (Current, _home, _quickLosses) = (kind, kind, 0);
}

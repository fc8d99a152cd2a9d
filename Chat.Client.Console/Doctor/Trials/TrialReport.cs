namespace Chat.Client.Console.Doctor.Trials;

/// <summary>What a transport is made of, as far as its faults are concerned.</summary>
public enum Carrier
{
    /// <summary>A request that is answered at once.</summary>
    Request,

    /// <summary>A request that waits for its answer.</summary>
    WaitingRequest,

    /// <summary>An answer that never ends.</summary>
    Stream,

    /// <summary>A WebSocket.</summary>
    Socket,
}

/// <summary>How events came in.</summary>
public enum Arrival
{
    /// <summary>None did.</summary>
    Never,

    /// <summary>Each soon after it was sent.</summary>
    AtOnce,

    /// <summary>Late and together.</summary>
    HeldBack,

    /// <summary>Some did not.</summary>
    WithGaps,
}

/// <summary>One transport, really used.</summary>
public sealed record TrialReport
{
    /// <summary>Its word in <c>--json</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it is made of.</summary>
    public required Carrier Carrier { get; init; }

    /// <summary>Whether clients of this project use it, and not only those without SignalR.</summary>
    public required bool IsHub { get; init; }

    /// <summary>The server has no such thing: an older one.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Until the far end accepted: the head of the answer, or 101. Null if it did not.</summary>
    public TimeSpan? Opened { get; init; }

    /// <summary>Until the first byte after that; null if none came.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>The status in place of the one that was expected; null if there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why it did not open, or how it ended before its time.</summary>
    public string? Error { get; init; }

    /// <summary>From sending a message to the event here, each.</summary>
    public IReadOnlyList<TimeSpan> RoundTrips { get; init; } = [];

    /// <summary>How the events came in.</summary>
    public Arrival Arrival { get; init; }

    /// <summary>Whether what it sends itself is acknowledged; null if it cannot send, or was not tried.</summary>
    public bool? Sends { get; init; }

    /// <summary>Whether what was sent over it and not acknowledged is in the room all the same: only the way back is dead.</summary>
    public bool SentUnheard { get; init; }

    /// <summary>How long it had been idle when it was cut; null if it was not.</summary>
    public TimeSpan? CutAfter { get; init; }

    /// <summary>Whether it brought an event after it was idle; null if that was not tried.</summary>
    public bool? Awake { get; init; }

    /// <summary>The <c>Content-Encoding</c> of the stream; null if it has none.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether it can be used: events come, soon, and what is sent is acknowledged.</summary>
    public bool Works => Opened is not null && Arrival == Arrival.AtOnce && Sends is not false;
}

namespace Chat.Bench.Page;

/// <summary>What to measure the page with.</summary>
internal sealed record PageRun
{
    public required int Rounds { get; init; }

    /// <summary>How many times slower the visitor's processor is.</summary>
    public required int Slowdown { get; init; }

    /// <summary>Of the visitor's line, each way.</summary>
    public required int BytesPerSecond { get; init; }

    /// <summary>What the line adds to each request.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>The path of Chromium.</summary>
    public required string Browser { get; init; }
}

/// <summary>One visit.</summary>
/// <param name="ToMessage">From the click on the link to the newest message on the screen.</param>
/// <param name="Code">Bytes of script and style sheets that had come by then, as they travelled, with their headers.</param>
/// <param name="All">Bytes of everything that had come by then.</param>
/// <param name="Requests">How many requests that were.</param>
internal sealed record Visit(TimeSpan ToMessage, long Code, long All, int Requests);

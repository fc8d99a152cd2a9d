namespace Chat.Bench.Log;

/// <summary>What <c>log</c> was asked to do.</summary>
internal sealed record LogRun
{
    /// <summary>Senders at the same time, each with one call under way.</summary>
    public required int Senders { get; init; }

    /// <summary>Messages in one call.</summary>
    public required int PerCall { get; init; }

    /// <summary>Rooms over which the senders are spread.</summary>
    public required int Rooms { get; init; }

    /// <summary>How long each writer is measured in each round.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often each writer has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Where the databases go; on a real disk.</summary>
    public required string Directory { get; init; }
}

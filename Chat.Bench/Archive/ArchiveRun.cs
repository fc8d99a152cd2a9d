namespace Chat.Bench.Archive;

/// <summary>What <c>archive</c> was asked to do.</summary>
public sealed record ArchiveRun
{
    /// <summary>Events in the short history, which the long one is held against.</summary>
    public const int FewEvents = 1_000;

    /// <summary>Events in the long history.</summary>
    public required int Events { get; init; }

    /// <summary>How often each server has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Pages read of each kind in a round.</summary>
    public required int Pages { get; init; }

    /// <summary>Where the databases go; on a real disk.</summary>
    public required string Directory { get; init; }

    /// <summary>Where the table goes.</summary>
    public required TextWriter Output { get; init; }
}

namespace Chat.Bench.Compare;

/// <summary>What <c>compare</c> was asked to do.</summary>
public sealed record CompareRun
{
    /// <summary>Which scenarios.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>Contestants by name; all if empty.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>How often each contestant has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long each is measured in each round where there is a rate.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How much is delivered, to all receivers together, in each round where there is none.</summary>
    public required int Deliveries { get; init; }

    /// <summary>How long each works before it is measured.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Whether the load keeps to its own cores; what it measures is worth nothing otherwise.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>Where databases go; on a real disk.</summary>
    public required string Directory { get; init; }

    /// <summary>Where the tables go.</summary>
    public required TextWriter Output { get; init; }
}

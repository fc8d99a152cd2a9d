namespace Chat.Bench.Size;

/// <summary>What <c>size</c> was asked to do. Sizes ascend; each is held against the first.</summary>
public sealed record SizeRun
{
    /// <summary>Messages in a room.</summary>
    public required IReadOnlyList<int> Messages { get; init; }

    /// <summary>Members of a room.</summary>
    public required IReadOnlyList<int> Members { get; init; }

    /// <summary>Rooms of one person.</summary>
    public required IReadOnlyList<int> Rooms { get; init; }

    /// <summary>How often each size has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Calls of each kind in a turn; those that take long are fewer.</summary>
    public required int Calls { get; init; }

    /// <summary>Where the databases go; on a real disk.</summary>
    public required string Directory { get; init; }

    /// <summary>Where the table goes.</summary>
    public required TextWriter Output { get; init; }
}

namespace Chat.Bench.Size;

/// <summary>The settings of one run of <c>size</c>. Sizes ascend; each is compared with the first.</summary>
public sealed record SizeRun
{
    /// <summary>Messages in a room.</summary>
    public required IReadOnlyList<int> Messages { get; init; }

    /// <summary>Members of a room.</summary>
    public required IReadOnlyList<int> Members { get; init; }

    /// <summary>Rooms of one person.</summary>
    public required IReadOnlyList<int> Rooms { get; init; }

    /// <summary>The number of rounds, in which each size has one turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Calls of each kind in a turn; slow calls are made less often.</summary>
    public required int Calls { get; init; }

    /// <summary>The folder for the databases, on a real disk.</summary>
    public required string Directory { get; init; }

    /// <summary>The writer that gets the table.</summary>
    public required TextWriter Output { get; init; }
}

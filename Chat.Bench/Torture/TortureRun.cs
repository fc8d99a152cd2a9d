namespace Chat.Bench.Torture;

/// <summary>What a torture is asked for.</summary>
public sealed record TortureRun
{
    /// <summary>Nodes to start: one runs on SQLite, several on PostgreSQL and Redis.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>A cluster that is there already; then nothing is started, and only the way to it is harmed.</summary>
    public Uri? Against { get; init; }

    /// <summary>The seed of the schedule and of what people write.</summary>
    public int Seed { get; init; }

    /// <summary>Goes on at least so long.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Goes on until clients were shown at least so many events.</summary>
    public long Deliveries { get; init; }

    /// <summary>Goes on until at least so many faults have hit traffic.</summary>
    public int Faults { get; init; }

    /// <summary>Ends after this in any case, whatever was reached.</summary>
    public TimeSpan AtMost { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Only faults whose kind begins so; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>How many times the whole cast of clients takes part.</summary>
    public int Crowd { get; init; } = 1;

    /// <summary>So many more clients in each cast who only listen.</summary>
    public int Listeners { get; init; }

    /// <summary>Messages a second of all together while they write.</summary>
    public int Rate { get; init; } = 60;

    /// <summary>How soon after the last fault everybody must have seen everything.</summary>
    public TimeSpan Bound { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where <c>initdb</c> and <c>postgres</c> are; the newest installed if null.</summary>
    public string? PostgresPrograms { get; init; }

    /// <summary>The path of <c>Chat.Server.dll</c>; the one beside this program if null.</summary>
    public string? Server { get; init; }

    /// <summary>Progress and report go here.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>The options that bring the same schedule again.</summary>
    public string Again => string.Join(' ',
    [
        Against is null ? $"--nodes {Nodes}" : $"--against {Against}", $"--seed {Seed}", $"--crowd {Crowd}", $"--listeners {Listeners}", $"--rate {Rate}",
        .. Only.Count == 0 ? [] : Only.Select(kind => kind.Contains(' ', StringComparison.Ordinal) ? $"\"{kind}\"" : kind).Prepend("--only"),
    ]);
}

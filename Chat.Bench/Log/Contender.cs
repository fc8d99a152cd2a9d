namespace Chat.Bench.Log;

/// <summary>A writer with its name and what was measured of it, round by round.</summary>
internal sealed class Contender(string name, IWriter writer)
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(6);

    public string Name { get; } = name;

    public IWriter Writer { get; } = writer;

    public List<Measurement> Rounds { get; } = [];

    /// <summary>All calls it has answered, with those before measuring.</summary>
    public long Calls { get; private set; }

    /// <summary>Known at the end.</summary>
    public Commits Commits { get; private set; }

    /// <summary>Runs it until the runtime has compiled what matters; not measured.</summary>
    public async Task WarmUpAsync(LogRun run, CancellationToken cancellation) =>
        Calls += (await Load.RunAsync(Writer, run.Senders, run.PerCall, s_warmUp, cancellation)).Calls;

    public async Task MeasureAsync(LogRun run, CancellationToken cancellation)
    {
        var measured = await Load.RunAsync(Writer, run.Senders, run.PerCall, run.Duration, cancellation);
        Calls += measured.Calls;
        Rounds.Add(measured);
    }

    public async Task CountAsync() => Commits = (await Writer.CommitsAsync()).Of(Calls);
}

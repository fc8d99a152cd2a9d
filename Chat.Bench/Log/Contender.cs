namespace Chat.Bench.Log;

/// <summary>A store with its name and what was measured of it, round by round.</summary>
internal sealed class Contender(string name, IStore store)
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(6);

    public string Name { get; } = name;

    public List<Measurement> Rounds { get; } = [];

    /// <summary>All calls it has answered, with those before measuring.</summary>
    public long Calls { get; private set; }

    /// <summary>Known at the end.</summary>
    public Commits Commits { get; private set; }

    /// <summary>Runs it until the runtime has compiled what matters; not measured.</summary>
    public async Task WarmUpAsync(LogRun run, CancellationToken cancellation) =>
        Calls += (await store.RunAsync(run, s_warmUp, cancellation)).Calls;

    public async Task MeasureAsync(LogRun run, CancellationToken cancellation)
    {
        var measured = await store.RunAsync(run, run.Duration, cancellation);
        Calls += measured.Calls;
        Rounds.Add(measured);
    }

    public async Task CountAsync() => Commits = (await store.CommitsAsync()).Of(Calls);
}

using System.Globalization;
using Chat.Bench.Log;

namespace Chat.Bench.Compare;

/// <summary>The course of <c>compare</c>. Tables go to the run's output, progress to standard error.</summary>
public static class CompareBench
{
    /// <summary>All contestants, ours first.</summary>
    internal static IReadOnlyList<Func<Contestant>> Contestants { get; } =
    [
        () => new ChatContestant(cluster: false),
        () => new ChatContestant(cluster: true),
        () => new SignalRContestant(redis: false),
        () => new SignalRContestant(redis: true),
        () => new SocketIoContestant(redis: false),
        () => new SocketIoContestant(redis: true),
        () => new WsContestant(),
        () => new NchanContestant(redis: false),
        () => new NchanContestant(redis: true),
        () => new FloorContestant(),
    ];

    /// <summary>0: everybody that was asked for took part and every message came to everybody exactly once.</summary>
    public static async Task<int> RunAsync(CompareRun run, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("compare needs Linux.");
            return 2;
        }
        var folder = Directory.CreateDirectory(Path.Combine(run.Directory, $"chat-bench-{Environment.ProcessId}")).FullName;
        try
        {
            if (Disk.IsMemory(folder))
            {
                await Console.Error.WriteLineAsync($"{run.Directory} is in memory: syncing costs nothing there. Name a folder on a disk with --directory.");
                return 2;
            }
            var complete = true;
            using (run.Pinned ? Cores.PinLoad() : null)
            {
                if (!run.Pinned || !Cores.CanPin)
                    await run.Output.WriteLineAsync("the load is not kept apart from the contestants");
                foreach (var setting in run.Scenarios.Where(s => !s.Idle && !s.Resume && Present(run, s).Any()).GroupBy(s => (s.Nodes, s.Receivers, s.Transport)))
                    complete &= await RunAsync(run, [.. setting], folder, ct);
                foreach (var scenario in run.Scenarios.Where(s => s.Idle))
                    complete &= await IdleBench.RunAsync(run, scenario, Present(run, scenario), folder, ct);
                foreach (var scenario in run.Scenarios.Where(s => s.Resume))
                    complete &= await ResumeBench.RunAsync(run, scenario, folder, ct);
                foreach (var lacking in run.Scenarios.SelectMany(s => Chosen(run, s)).DistinctBy(c => c.Name).Where(c => c.Missing() is not null))
                {
                    complete = false;
                    await run.Output.WriteLineAsync($"{Environment.NewLine}{lacking.Name} did not take part; it needs: apt-get install {lacking.Missing()}");
                }
            }
            return complete ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Contestant> Chosen(CompareRun run, Scenario scenario) => Contestants.Select(make => make())
        .Where(c => (run.Only.Count == 0 || run.Only.Contains(c.Name)) && (scenario.Nodes == 1 || c.Clusters) && c.Transports.Contains(scenario.Transport));

    private static IEnumerable<Contestant> Present(CompareRun run, Scenario scenario) => Chosen(run, scenario).Where(c => c.Missing() is null);

    /// <summary>Scenarios with the same nodes, receivers and transport: everybody is connected once.</summary>
    private static async Task<bool> RunAsync(CompareRun run, IReadOnlyList<Scenario> scenarios, string folder, CancellationToken ct)
    {
        var (nodes, receivers, transport) = (scenarios[0].Nodes, scenarios[0].Receivers, scenarios[0].Transport);
        var parties = new List<Party>();
        var complete = true;
        try
        {
            foreach (var contestant in Present(run, scenarios[0]))
            {
                Say($"{contestant.Name}: {nodes} node(s), {receivers} receivers, {transport}");
                var own = Directory.CreateDirectory(Path.Combine(folder, $"{nodes}-{receivers}-{transport}-{contestant.Name}")).FullName;
                parties.Add(await Party.GatherAsync(contestant, nodes, receivers, SlowReaders.Count, transport, own, ct));
                await WarmUpAsync(parties[^1], run, scenarios, ct);
            }
            IReadOnlyList<Result>? before = null;
            foreach (var scenario in scenarios)
            {
                if (scenario.SlowReaders)
                    await AddSlowReadersAsync(parties, run, ct);
                var results = await MeasureAsync(run, scenario, parties, ct);
                CompareTable.Write(run.Output, scenario, results, scenario.SlowReaders ? before : null);
                before = results;
                complete &= results.All(r => r.Rounds.All(d => d.Wrong == 0));
            }
            return complete;
        }
        finally
        {
            foreach (var party in parties)
                await party.DisposeAsync();
        }
    }

    /// <summary>Until the runtimes have compiled what matters: each of the scenarios for a while.</summary>
    private static async Task WarmUpAsync(Party party, CompareRun run, IReadOnlyList<Scenario> scenarios, CancellationToken ct)
    {
        foreach (var scenario in scenarios.Where(s => !s.SlowReaders))
        {
            var start = TimeProvider.System.GetTimestamp();
            do
                await party.DeliverAsync(scenario.Rate ?? Math.Max(20, run.Deliveries / 10 / party.Count), scenario.Rate, ct);
            while (TimeProvider.System.GetElapsedTime(start) < run.WarmUp);
        }
    }

    /// <summary>Until what the slow ones do not read stands in everybody's buffers.</summary>
    private static async Task AddSlowReadersAsync(IReadOnlyList<Party> parties, CompareRun run, CancellationToken ct)
    {
        foreach (var party in parties)
        {
            Say($"{party.Contestant.Name}: two slow readers");
            await party.AddSlowReadersAsync(ct);
            await party.DeliverAsync(Math.Max(1, run.Deliveries / party.Count), rate: null, ct);
        }
    }

    /// <summary>In another order each round: whatever else happens on the machine hits all.</summary>
    private static async Task<IReadOnlyList<Result>> MeasureAsync(CompareRun run, Scenario scenario, IReadOnlyList<Party> parties, CancellationToken ct)
    {
        var results = parties.Select(p => new Result(p, [])).ToList();
        for (var round = 0; round < run.Rounds; round++)
        {
            foreach (var result in round % 2 == 0 ? results : Enumerable.Reverse(results))
            {
                var count = scenario.Rate is { } rate ? (int)(rate * run.Duration.TotalSeconds) : Math.Max(1, run.Deliveries / scenario.Receivers);
                var delivery = await result.Party.DeliverAsync(count, scenario.Rate, ct);
                result.Rounds.Add(delivery);
                Say(string.Create(CultureInfo.InvariantCulture,
                    $"{scenario.Id}, round {round + 1} of {run.Rounds}: {result.Party.Contestant.Name} {delivery.ProcessorMicroseconds:0.0} µs a delivery, {delivery.Rate:0}/s, load {delivery.LoadShare:P0}"));
            }
        }
        return results;
    }

    private static void Say(string line) => Console.Error.WriteLine(line);

    /// <summary>A contestant's turns in one scenario.</summary>
    internal sealed record Result(Party Party, List<Delivery> Rounds)
    {
        public Contestant Contestant => Party.Contestant;
    }
}

using System.Globalization;
using Chat.Bench.Processes;

namespace Chat.Bench.Abuse;

/// <summary>Runs <c>abuse</c>: it times the bystander's calls without and with each attack, in turns.</summary>
public static class AbuseBench
{
    private static readonly TimeSpan s_pingEvery = TimeSpan.FromSeconds(10), s_settling = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs all attacks; returns what the bystander noticed of each.</summary>
    public static async Task<IReadOnlyList<Noticed>> RunAsync(AbuseRun run, CancellationToken ct)
    {
        using var folder = new TemporaryFolder();
        var prefix = run.Pinned ? Cores.ServerPrefix : [];
        Scene scene;
        var defaults = new Dictionary<string, string>();
        await using (var open = await NodeProcess.RunAloneAsync(folder.Path, defaults, prefix, ct))
        {
            scene = await Scene.MakeAsync(open.Uri, run.Members, ct);
            await open.TerminateAsync(ct);
        }
        await using var node = new NodeProcess(folder.Path, Settings(folder, run), prefix: prefix, name: "attacked");
        await node.StartAsync(ct);
        using var _ = run.Pinned ? Cores.PinLoad() : null;
        scene = scene.At(node.Uri);
        await using var crowd = await CrowdAsync(scene, ct);
        using var watch = new Watch(scene);
        await watch.WatchAsync(run.Turn, ct); // warms up

        run.Output.WriteLine("| one guest | send takes | list takes | calls a second | to others, kB a second |");
        run.Output.WriteLine("|---|---|---|---|---|");
        var noticed = new List<Noticed>();
        foreach (var attack in run.Attacks)
        {
            var one = await MeasureAsync(run, scene, crowd, watch, attack, ct);
            noticed.Add(one);
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {attack.What} (`{one.Name}`) | {one.Send:0.0} | {one.List:0.0} | {one.CallsPerSecond:0} "
                + $"| {one.BytesPerSecond / 1_000:0} |"));
        }
        return noticed;
    }

    private static Dictionary<string, string> Settings(TemporaryFolder folder, AbuseRun run)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Chat"] = $"Data Source={folder.File("chat.db")}",
            ["Chat:Keys:Master"] = NodeProcess.MasterKey, // as when the database was made
        };
        foreach (var (key, value) in run.Settings)
            settings[key] = value;
        return settings;
    }

    private static async Task<Listeners> CrowdAsync(Scene scene, CancellationToken ct)
    {
        var lines = new HubLine[scene.Crowd.Count];
        await Parallel.ForAsync(
            0, lines.Length, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct },
            async (i, token) => lines[i] = await HubLine.SyncedAsync(scene.Crowd[i], token));
        return new Listeners(lines, s_pingEvery);
    }

    private static async Task<Noticed> MeasureAsync(AbuseRun run, Scene scene, Listeners crowd, Watch watch,
        Attack attack, CancellationToken ct)
    {
        List<double> sends = [], lists = [], attackedSends = [], attackedLists = [];
        double calls = 0, bytes = 0;
        for (var round = 0; round < run.Rounds; round++)
        {
            var quiet = await watch.WatchAsync(run.Turn, ct);
            sends.AddRange(quiet.Sends);
            lists.AddRange(quiet.Lists);
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var attackers = Enumerable.Range(0, run.Connections).Select(i => new Attacker(scene, i)).ToList();
            var attacking = attackers.Select(a => Task.Run(() => a.RunAsync(attack, stopping.Token), ct)).ToList();
            var before = crowd.Bytes;
            var attacked = await watch.WatchAsync(run.Turn, ct);
            bytes += crowd.Bytes - before;
            calls += attackers.Sum(a => a.Answers);
            await stopping.CancelAsync();
            await Task.WhenAll(attacking);
            foreach (var attacker in attackers)
                await attacker.DisposeAsync();
            attackedSends.AddRange(attacked.Sends);
            attackedLists.AddRange(attacked.Lists);
            await Task.Delay(s_settling, ct);
        }
        var seconds = run.Turn.TotalSeconds * run.Rounds;
        return new Noticed(
            attack.Name, Spread.Median(attackedSends) / Spread.Median(sends),
            Spread.Median(attackedLists) / Spread.Median(lists), calls / seconds, bytes / seconds);
    }
}

/// <summary>The connected members of the guest's room. They send pings and nothing else.</summary>
internal sealed class Listeners : IAsyncDisposable
{
    private readonly HubLine[] _lines;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _pinging;

    public Listeners(HubLine[] lines, TimeSpan pingEvery)
    {
        _lines = lines;
        _pinging = PingAsync(pingEvery);
    }

    /// <summary>Bytes that the server has sent to all of them so far.</summary>
    public long Bytes => _lines.Sum(l => l.Bytes);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _pinging;
        foreach (var line in _lines)
            await line.DisposeAsync();
        _over.Dispose();
    }

    private async Task PingAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                foreach (var line in _lines)
                    await line.PingAsync(_over.Token);
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Chat.Bench.Processes;
using Chat.Client;

namespace Chat.Bench.Torture;

/// <summary>How long a cluster takes to recover from what hurts most, against its bounds.</summary>
internal static class RecoveryBench
{
    private static readonly TimeSpan s_seen = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_caughtUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_down = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    /// <summary>Measures, and prints. 0: all within their bounds.</summary>
    public static async Task<int> RunAsync(TortureRun run, int times, CancellationToken ct)
    {
        if (run.Nodes < 2 || run.Against is not null)
        {
            await run.Output.WriteLineAsync("--recovery needs a cluster of its own: --nodes 2 or more");
            return 1;
        }
        await using var lab = await Lab.StartAsync(run, ct);
        var good = Judge(run, "a node dies between COMMIT and telling, then silence: others see it", await CrashAsync(lab, times, ct), s_seen, whole: true)
            & Judge(run, "Redis is down: from sending to seeing", await WithoutRedisAsync(lab, times, ct), s_seen, whole: false)
            & Judge(run, "a node dies: its clients are back and have everything", await NodeKilledAsync(lab, times, ct), s_caughtUp, whole: false);
        await lab.DisposeAsync();
        lab.Delete();
        return good ? 0 : 1;
    }

    /// <summary>The only message comes to a node that kills itself after storing it. The time runs from its death.</summary>
    private static async Task<List<TimeSpan>> CrashAsync(Lab lab, int times, CancellationToken ct)
    {
        var result = new List<TimeSpan>();
        for (var n = 0; n < times; n++)
        {
            var victim = lab.Nodes[n % lab.Nodes.Count];
            await victim.StopAsync(ct);
            var others = lab.Nodes.Where(node => node != victim).Select(node => node.Process.Uri);
            await using var audience = await Audience.GatherAsync(lab.Front, others.SelectMany(o => Enum.GetValues<TransportKind>().Select(t => (o, t))), ct);
            var head = (await audience.Host.HeadsAsync(ct))[audience.Room];
            await victim.StartAsync(ct, n % 2 == 0 ? "after-commit:1" : "after-ack:1");
            var sending = audience.Host.SayAsync(audience.Room, "the last words", victim.Process.Uri, ct);
            await victim.Process.Ended.WaitAsync(s_patience, ct);
            var died = Stopwatch.GetTimestamp();
            var seen = audience.Clients.Select(async c =>
            {
                await c.SeesAsync(audience.Room, head + 1, s_patience, ct);
                return Stopwatch.GetElapsedTime(died);
            });
            result.AddRange(await Task.WhenAll(seen));
            await sending;
            await victim.StartAsync(ct);
        }
        return result;
    }

    private static async Task<List<TimeSpan>> WithoutRedisAsync(Lab lab, int times, CancellationToken ct)
    {
        var result = new List<TimeSpan>();
        await using var audience = await Audience.GatherAsync(lab.Front, Places(lab), ct);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var talk = audience.TalkAsync(enough.Token);
        for (var n = 0; n < times; n++)
        {
            var from = audience.History.Now;
            await lab.Redis!.KillAsync();
            await Task.Delay(s_down, ct);
            var to = audience.History.Now;
            await Task.Delay(s_seen, ct);
            result.AddRange(audience.Delays(from, to));
            await lab.Redis.StartAsync(ct);
            await Task.Delay(s_caughtUp, ct);
        }
        await enough.CancelAsync();
        await talk;
        await audience.SeeAsync(audience.Head, ct);
        return result;
    }

    /// <summary>Of those who were thrown out: from the kill until they are connected and have all that had been acknowledged before it.</summary>
    private static async Task<List<TimeSpan>> NodeKilledAsync(Lab lab, int times, CancellationToken ct)
    {
        var result = new List<TimeSpan>();
        await using var audience = await Audience.GatherAsync(lab.Front, Places(lab), ct);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var talk = audience.TalkAsync(enough.Token);
        for (var n = 0; n < times; n++)
        {
            await Task.Delay(s_caughtUp, ct);
            var victim = lab.Nodes[n % lab.Nodes.Count];
            var losses = audience.Clients.ToDictionary(c => c, c => c.Losses);
            var head = audience.Head;
            await victim.KillAsync();
            var died = Stopwatch.GetTimestamp();
            var waiting = audience.Clients.ToList();
            while (waiting.Count > 0 && Stopwatch.GetElapsedTime(died) < s_down)
            {
                var back = waiting.Where(c => c.Losses > losses[c] && c.Connection.Status.State == ConnectionState.Connected && c.Seen(audience.Room) >= head).ToList();
                result.AddRange(back.Select(_ => Stopwatch.GetElapsedTime(died)));
                waiting.RemoveAll(back.Contains);
                await Task.Delay(s_look, ct);
            }
            // Who is not back after all this time counts with it; who never went is on another node.
            result.AddRange(waiting.Where(c => c.Losses > losses[c]).Select(_ => Stopwatch.GetElapsedTime(died)));
            await victim.StartAsync(ct);
        }
        await enough.CancelAsync();
        await talk;
        await audience.SeeAsync(audience.Head, ct);
        return result;
    }

    private static IEnumerable<(Uri Where, TransportKind Transport)> Places(Lab lab) =>
        Enumerable.Range(0, 4 * lab.Nodes.Count).Select(n => (lab.Front, (TransportKind)(n % 3)));

    private static bool Judge(TortureRun run, string what, List<TimeSpan> times, TimeSpan bound, bool whole)
    {
        times.Sort();
        var judged = times.Count == 0 ? TimeSpan.MaxValue : whole ? times[^1] : times[(int)Math.Ceiling(times.Count * 0.99) - 1];
        var good = judged <= bound;
        run.Output.WriteLine(times.Count == 0 ? $"{what}: nothing was measured" : string.Create(CultureInfo.InvariantCulture,
            $"{what}: {(whole ? "worst" : "p99")} {judged.TotalSeconds:0.00} s, median {times[times.Count / 2].TotalSeconds:0.00} s, {times.Count} times; bound {bound.TotalSeconds:0} s: {(good ? "kept" : "BROKEN")}"));
        return good;
    }
}

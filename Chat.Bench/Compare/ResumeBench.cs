using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using HdrHistogram;

namespace Chat.Bench.Compare;

/// <summary>
/// Everybody loses the connection, misses messages, and comes back in the same moment, while a few in another room, who stayed, go on talking. Only this server takes part:
/// nobody else delivers what was missed.
/// </summary>
internal static class ResumeBench
{
    /// <summary>Messages that each has missed.</summary>
    private const int Backlog = 200;

    /// <summary>Those who stay connected, and how many messages a second they get.</summary>
    private const int Stayed = 10, Rate = 20;

    /// <summary>Connections that are opened at the same time by this program, each by a thread.</summary>
    private const int Openers = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>True if everybody got everything.</summary>
    public static async Task<bool> RunAsync(CompareRun run, Scenario scenario, string folder, CancellationToken ct)
    {
        await run.Output.WriteLineAsync($"{Environment.NewLine}{scenario.Id}: {scenario.What}{Environment.NewLine}");
        await run.Output.WriteLineAsync("| round | caught up | p50 s | p99 s | server's CPU ms each | live p50 ÷ before | live p99 ÷ before | live complete |");
        await run.Output.WriteLineAsync("|---|---|---|---|---|---|---|---|");
        var contestant = new ChatContestant(cluster: false);
        var own = Directory.CreateDirectory(Path.Combine(folder, scenario.Id)).FullName;
        await using var party = await Party.GatherAsync(contestant, scenario.Nodes, Stayed, 0, scenario.Transport, own, ct);
        await contestant.GatherCrowdAsync(scenario.Receivers, ct);
        var complete = true;
        // The first round is there for the compiler.
        for (var round = 0; round <= run.Rounds; round++)
        {
            await CalmAsync(contestant, ct);
            var before = await party.DeliverAsync(Rate * (int)run.Duration.TotalSeconds, Rate, ct);
            var missed = new Expected(1 + (round * Backlog), Backlog);
            var cursor = long.MaxValue;
            for (var n = missed.First; n < missed.First + Backlog; n++)
                cursor = Math.Min(cursor, await contestant.TellCrowdAsync(Marked.Body(n), ct) - 1);

            await Console.Error.WriteLineAsync($"{scenario.Id}, round {round} of {run.Rounds}: everybody comes back");
            using var receivers = new Receivers();
            receivers.Expect(missed);
            var (processor, start) = (contestant.ProcessorTime, Stopwatch.GetTimestamp());
            // The last of them says when one is caught up.
            missed.Intend(missed.First + missed.Count - 1, start);
            var live = party.DeliverAsync(Rate * (int)run.Duration.TotalSeconds, Rate, ct);
            await OpenAllAsync(scenario.Receivers, async i => receivers.Add(await contestant.ResumeAsync(i, cursor, ct), counts: true));
            while (receivers.Delivered < (long)missed.Count * scenario.Receivers && Stopwatch.GetElapsedTime(start) < s_patience)
                await Task.Delay(5, ct);
            processor = contestant.ProcessorTime - processor;
            var during = await live;
            var behind = receivers.Wrong();
            complete &= behind == 0 && before.Wrong == 0 && during.Wrong == 0;
            if (round > 0)
                await run.Output.WriteLineAsync(Row(round, scenario.Receivers, behind, missed.Latency, processor, before, during));
        }
        return complete;
    }

    /// <summary>Until the connections of the round before are gone from the server, too.</summary>
    private static async Task CalmAsync(Contestant contestant, CancellationToken ct)
    {
        TimeSpan before;
        do
        {
            before = contestant.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
        while (contestant.ProcessorTime - before > TimeSpan.FromSeconds(0.1));
    }

    private static string Row(int round, int all, int behind, LongHistogram caughtUp, TimeSpan processor, Delivery before, Delivery during) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {round} | {all - behind} of {all} | {caughtUp.GetValueAtPercentile(50) / 1e6:0.00} | {caughtUp.GetValueAtPercentile(99) / 1e6:0.00} | {processor.TotalMilliseconds / all:0.00} "
        + $"| {Times(before, during, 50)} | {Times(before, during, 99)} | {(during.Wrong == 0 ? "yes" : "no")} |");

    private static string Times(Delivery before, Delivery during, double percentile) =>
        ((double)during.Latency.GetValueAtPercentile(percentile) / before.Latency.GetValueAtPercentile(percentile)).ToString("0.0", CultureInfo.InvariantCulture);

    private static Task OpenAllAsync(int count, Func<int, Task> open)
    {
        var left = new ConcurrentQueue<int>(Enumerable.Range(0, count));
        return Task.WhenAll(Enumerable.Range(0, Openers).Select(_ => Task.Factory.StartNew(async () =>
        {
            while (left.TryDequeue(out var i))
                await open(i);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }
}

using System.Diagnostics;
using Chat.Bench.History;
using Chat.Contracts;

namespace Chat.Bench.Torture;

/// <summary>How it ended, when everything worked again.</summary>
/// <param name="Violations">What was broken.</param>
/// <param name="Converged">When everybody had everything; null if not within the bound.</param>
internal sealed record Ending(IReadOnlyList<Violation> Violations, TimeSpan? Converged)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits, at most for the bound, until all is answered and all has been seen; reads the logs, and judges.</summary>
    public static async Task<Ending> ComeToAsync(TortureRun run, Lab lab, Crowd crowd)
    {
        var since = crowd.History.Now;
        using var late = new CancellationTokenSource(run.Bound);
        crowd.HurryUp();
        await UntilAsync(() => crowd.Unanswered == 0, late.Token);
        var answered = crowd.History.Now;
        var clients = crowd.Actors.ToDictionary(a => a.Client.Name, a => a.Client);
        bool converged;
        List<Violation> violations;
        // A sender who left has no answer, and the message may be stored after the log was read. Then it is read again.
        do
        {
            violations = await ReadLogsAsync(run, lab, crowd);
            var goals = Checker.Goals(crowd.History).ToList();
            converged = await UntilAsync(
                () => goals.TrueForAll(g => clients[g.Watch.Observer].Seen(g.Watch.RoomId) >= g.Seq), late.Token);
            violations.AddRange(Checker.Check(crowd.History));
        }
        while (!late.IsCancellationRequested && crowd.Readers.Keys.Any(room =>
            clients.Values.Max(c => c.Seen(room)) > crowd.History.FinalHead(room)));
        // Reading the logs takes its time, in which the last of them have long been shown everything.
        var after = Stopwatch.GetElapsedTime(since, Math.Max(answered, crowd.History.AllSeen().Select(o => o.At).DefaultIfEmpty(since).Max()));
        return new Ending(violations, converged && after <= run.Bound ? after : null);
    }

    /// <summary>The truth as the cluster tells it; with several nodes each must tell the same.</summary>
    private static async Task<List<Violation>> ReadLogsAsync(TortureRun run, Lab lab, Crowd crowd)
    {
        using var late = new CancellationTokenSource(run.Bound * 2);
        var differences = new List<Violation>();
        foreach (var (room, reader) in crowd.Readers)
        {
            var log = await reader.ReadLogAsync(room, null, late.Token);
            crowd.History.FinalLog(room, log);
            foreach (var node in lab.Nodes.Count > 1 ? lab.Nodes : [])
            {
                var there = await reader.ReadLogAsync(room, node.Process.Uri, late.Token);
                if (log.Zip(there).FirstOrDefault(pair => !pair.First.Equals(pair.Second)) is ({ } one, _))
                    differences.Add(new(Rules.OneOrder, $"{node.Name} has another number {one.Seq} of room {room}") { RoomId = room, Seq = one.Seq });
                else if (there.Count != log.Count)
                    differences.Add(new(Rules.OneOrder, $"{node.Name} has {there.Count} events of room {room}, not {log.Count}") { RoomId = room });
            }
        }
        return differences;
    }

    private static async Task<bool> UntilAsync(Func<bool> condition, CancellationToken late)
    {
        while (!condition())
        {
            if (late.IsCancellationRequested)
                return false;
            await Task.Delay(s_look, CancellationToken.None);
        }
        return true;
    }
}

using System.Diagnostics;
using Chat.Bench.History;
using Chat.Contracts;

namespace Chat.Bench.Torture;

/// <summary>One torture from beginning to end.</summary>
public static class TortureBench
{
    /// <summary>
    /// Runs until the goals are reached or <paramref name="ct"/> fires; then mends everything, checks and reports. 0: no promise was broken, everybody had
    /// everything within the bound, no node ended by itself, and every part came back; 1 otherwise.
    /// </summary>
    public static async Task<int> RunAsync(TortureRun run, CancellationToken ct)
    {
        var output = run.Output;
        var hits = new Hits();
        await output.WriteLineAsync($"seed {run.Seed}; {(run.Against is { } there ? there.ToString() : run.Nodes == 1 ? "one node, SQLite" : $"{run.Nodes} nodes, PostgreSQL, Redis")}");
        Lab lab;
        try
        {
            lab = await Lab.StartAsync(run, ct);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            await output.WriteLineAsync($"It could not be started: {e.Message}");
            return 1;
        }
        await using var stopping = lab;
        await output.WriteLineAsync($"everything runs{(lab.Folder is { } logs ? $"; the nodes' logs are in {logs}" : "")}");
        await using var crowd = new Crowd(run, lab.Front);
        try
        {
            await crowd.GatherAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException or ChatException)
        {
            await output.WriteLineAsync($"People and rooms could not be made: {e.Message}");
            return 1;
        }
        await output.WriteLineAsync($"{crowd.Actors.Count} clients are there");

        using var schedule = new Schedule(lab, crowd, run, hits);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var faults = schedule.RunAsync(enough.Token);
        var talk = crowd.RunAsync(enough.Token);
        var progress = new Progress(run, crowd, hits, schedule);
        await progress.UntilEnoughAsync(talk, enough.Token);
        await output.WriteLineAsync(progress.Reached ? "mending everything" : "not all goals are reached; mending everything");
        await enough.CancelAsync();
        await faults;
        await talk;
        foreach (var dead in lab.Nodes.Where(n => !n.Process.IsRunning))
            await dead.StartAsync(CancellationToken.None);

        var ending = await Ending.ComeToAsync(run, lab, crowd);
        Report(run, lab, crowd, hits, schedule, ending);
        var good = ending.Violations.Count == 0 && ending.Converged is not null && schedule.Failures.Count == 0 && lab.Nodes.All(n => n.Deaths.Count == 0);
        await lab.DisposeAsync();
        if (good)
            lab.Delete();
        else if (lab.Folder is { } folder)
            await output.WriteLineAsync($"the logs are in {folder}");
        return good ? 0 : 1;
    }

    private static void Report(TortureRun run, Lab lab, Crowd crowd, Hits hits, Schedule schedule, Ending ending)
    {
        var output = run.Output;
        output.WriteLine();
        output.WriteLine(Checker.Summary(crowd.History));
        foreach (var line in hits.Table())
            output.WriteLine(line);
        output.WriteLine($"{hits.Count.All} faults, {hits.Count.Effective} of them in traffic{(Mishaps.NotTried(lab) is { } not ? $"; {not}" : "")}");
        output.WriteLine(ending.Converged is { } after ? $"all had everything {after.TotalSeconds:0.0} s after the last was mended" : $"not all had everything {run.Bound.TotalSeconds:0} s after the last was mended");
        foreach (var failure in schedule.Failures)
            output.WriteLine($"could not be done: {failure}");
        foreach (var death in lab.Nodes.SelectMany(n => n.Deaths))
            output.WriteLine(death);
        output.WriteLine(ending.Violations.Count == 0
            ? "0 violations"
            : Checker.Explain(crowd.History, ending.Violations) + Environment.NewLine + $"again: torture {run.Again}");
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Chat.Contracts;

namespace Chat.Bench.Load;

/// <summary>Step after step with more people, until the server does not keep up, or this program.</summary>
public static class LoadBench
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(10);

    /// <summary>The exit code: 0 if at least one step held, 2 if the server cannot be reached or lets nobody in, else 1.</summary>
    public static async Task<int> RunAsync(LoadRun run, CancellationToken ct)
    {
        if (await UnreachableAsync(run, ct) is { } reason)
        {
            run.Output.WriteLine($"{run.Server} cannot be loaded: {reason}");
            return 2;
        }
        var steps = new List<Step>();
        Measure? now = null;
        await using var town = new Town(run, () => Volatile.Read(ref now));
        run.Output.WriteLine(LoadReport.Head);
        try
        {
            for (var people = Math.Min(run.Start, run.Most); ; people = Math.Min(run.Most, Math.Max(people + 1, (int)(people * run.Growth))))
            {
                await ComeAsync(run, town, people, ct);
                await Task.Delay(s_settle, ct);
                var measure = new Measure();
                Volatile.Write(ref now, measure);
                await Task.Delay(run.Duration, ct);
                var step = await EndAsync(run, measure, people, ct);
                Volatile.Write(ref now, null);
                steps.Add(step);
                run.Output.WriteLine(LoadReport.Row(step));
                if (step.Broken(run) is not null || step.IsOurs(run) || people == run.Most)
                    break;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            run.Output.WriteLine("stopped");
        }
        catch (Exception e) when (e is ChatException or HttpRequestException)
        {
            run.Output.WriteLine($"nobody else comes in: {e.Message}");
            if (steps.Count == 0)
                return 2;
        }
        run.Output.Write(LoadReport.Plot(run, steps));
        run.Output.WriteLine(LoadReport.Verdict(run, steps));
        if (run.Svg is not null)
            await File.WriteAllTextAsync(run.Svg, LoadReport.Svg(run, steps), CancellationToken.None);
        return steps.Any(s => s.Broken(run) is null) ? 0 : 1;
    }

    private static async Task<Step> EndAsync(LoadRun run, Measure measure, int people, CancellationToken ct)
    {
        measure.End();
        for (var since = Stopwatch.GetTimestamp(); !measure.IsComplete && Stopwatch.GetElapsedTime(since) < run.Patience;)
            await Task.Delay(50, ct);
        return measure.Result(people);
    }

    /// <summary>Says how far it is: a server lets only so many people in a minute.</summary>
    private static async Task ComeAsync(LoadRun run, Town town, int people, CancellationToken ct)
    {
        var coming = town.GrowAsync(people, ct);
        var hinted = false;
        while (await Task.WhenAny(coming, Task.Delay(s_line, ct)) != coming && !ct.IsCancellationRequested)
        {
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{town.People} of {people} people have come"));
            if (!hinted && town.People < people / 2)
                run.Output.WriteLine("(a server lets in few new people a minute from one address: Chat:Limits:AccountsPerMinute, docs/configuration.md)");
            hinted = true;
        }
        await coming;
    }

    private static async Task<string?> UnreachableAsync(LoadRun run, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var answer = await http.GetAsync(new Uri(run.Server, "/health/live"), ct);
            return answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"/health/live answers {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return e.Message;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return "it does not answer";
        }
    }
}

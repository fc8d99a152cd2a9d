using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.Torture;

/// <summary>Says how far it is: a line every few seconds, or on a terminal one line that lives.</summary>
internal sealed class Progress(TortureRun run, Crowd crowd, Hits hits, Schedule schedule)
{
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly bool _live = run.Output == Console.Out && !Console.IsOutputRedirected;

    /// <summary>Returns when all goals are reached, at the time limit, when it is cancelled, or when the talk has failed.</summary>
    public async Task UntilEnoughAsync(Task talk, CancellationToken ct)
    {
        var next = s_line;
        while (!ct.IsCancellationRequested && !talk.IsCompleted && !IsEnough())
        {
            await Actor.UntilAsync(Task.Delay(s_look, ct));
            var elapsed = Stopwatch.GetElapsedTime(_began);
            if (_live)
                run.Output.Write($"\r{Line(elapsed),-110}\u001b[K");
            else if (elapsed >= next)
                run.Output.WriteLine(Line(elapsed));
            if (elapsed >= next)
                next += s_line;
        }
        if (_live)
            run.Output.WriteLine();
    }

    /// <summary>Whether all that was asked for has been done.</summary>
    public bool Reached => Stopwatch.GetElapsedTime(_began) >= run.Duration && crowd.History.Observed >= run.Deliveries && hits.Count.Effective >= run.Faults;

    private bool IsEnough() => Reached || Stopwatch.GetElapsedTime(_began) >= run.AtMost;

    private string Line(TimeSpan elapsed)
    {
        var active = string.Join(", ", schedule.Active.Select(m => m.ToString()));
        return string.Create(CultureInfo.InvariantCulture,
            $"{elapsed.TotalSeconds,5:0} s  {crowd.History.Sends.Count} sends, {crowd.Unanswered} unanswered, {crowd.History.Observed}{Of(run.Deliveries)} deliveries, {hits.Count.All} faults, {hits.Count.Effective}{Of(run.Faults)} of them in traffic{(active.Length > 0 ? $"; now {active}" : "")}");
    }

    private static string Of(long goal) => goal > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {goal}") : "";
}

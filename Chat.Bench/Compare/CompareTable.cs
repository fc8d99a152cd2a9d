using System.Globalization;
using HdrHistogram;

namespace Chat.Bench.Compare;

/// <summary>One scenario's results as a Markdown table.</summary>
internal static class CompareTable
{
    /// <param name="output">Where to.</param>
    /// <param name="scenario">What was done.</param>
    /// <param name="results">By whom, and how.</param>
    /// <param name="without">The same without slow readers, for comparison.</param>
    public static void Write(
        TextWriter output, Scenario scenario, IReadOnlyList<CompareBench.Result> results, IReadOnlyList<CompareBench.Result>? without)
    {
        var ours = results.FirstOrDefault(r => r.Contestant is ChatContestant { Clusters: false });
        var cluster = results.FirstOrDefault(r => r.Contestant is ChatContestant { Clusters: true });
        var first = ours ?? cluster ?? results[0];
        output.WriteLine();
        output.WriteLine($"{scenario.Id}: {scenario.What}");
        output.WriteLine();
        output.WriteLine("| contestant | durability | CPU µs a delivery | chat's CPU ÷ its | goal | chat-cluster's CPU ÷ its | its deliveries/s ÷ the first's | p50 ms | p99 ms | complete |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var result in results)
        {
            var goal = scenario.Goal(result.Contestant.Name);
            var judged = scenario.Nodes > 1 ? cluster : ours;
            output.WriteLine($"| {result.Contestant.Name} | {result.Contestant.Durability} | {Spread.Text(result.Rounds.Select(d => d.ProcessorMicroseconds), "0.0")} "
                + $"| {Ratio(ours, result)} | {Judge(goal, judged, result)} | {Ratio(cluster, result)} "
                + $"| {Spread.Text(result.Rounds.Zip(first.Rounds, (its, of) => its.Rate / of.Rate), "0.00")} "
                + $"| {Latency(scenario, result, 50)} | {Latency(scenario, result, 99)}{Beside(without, result)} | {Complete(result)} |");
        }
        output.WriteLine();
        output.WriteLine(Proof(scenario, results));
        output.Flush();
    }

    private static IEnumerable<double> Ratios(CompareBench.Result ours, CompareBench.Result its) =>
        ours.Rounds.Zip(its.Rounds, (a, b) => a.ProcessorMicroseconds / b.ProcessorMicroseconds);

    private static string Ratio(CompareBench.Result? ours, CompareBench.Result its) =>
        ours is null || !IsComplete(its) ? "–" : ours == its ? "1" : Spread.Text(Ratios(ours, its), "0.00");

    private static string Judge(double? goal, CompareBench.Result? ours, CompareBench.Result its) => goal is not { } most || ours is null || !IsComplete(ours) || !IsComplete(its) ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"≤ {most} {(Spread.Median(Ratios(ours, its)) <= most ? "met" : "missed")}");

    private static string Latency(Scenario scenario, CompareBench.Result result, double percentile) => scenario.Rate is null ? "–"
        : Percentile(result, percentile).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>How the 99th percentile compares with that without slow readers.</summary>
    private static string Beside(IReadOnlyList<CompareBench.Result>? without, CompareBench.Result result) =>
        without?.FirstOrDefault(w => w.Party == result.Party) is not { } before ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {Percentile(result, 99) / Percentile(before, 99):0.00} times that without");

    private static double Percentile(CompareBench.Result result, double percentile) =>
        All(result.Rounds, d => d.Latency).GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>Who lost messages, or ended, has not done the same work.</summary>
    private static bool IsComplete(CompareBench.Result result) => result.Rounds.All(d => d.Wrong == 0);

    private static string Complete(CompareBench.Result result) => IsComplete(result) ? "yes"
        : string.Create(CultureInfo.InvariantCulture, $"no: {result.Rounds.Sum(d => d.Due - d.Delivered)} not delivered, {result.Rounds.Sum(d => d.Wrong)} receivers wrong");

    /// <summary>That the load was not what was measured.</summary>
    private static string Proof(Scenario scenario, IReadOnlyList<CompareBench.Result> results)
    {
        var rounds = results.SelectMany(r => r.Rounds).ToList();
        var share = string.Create(CultureInfo.InvariantCulture, $"The load used at most {rounds.Max(d => d.LoadShare):P0} of a core");
        return scenario.Rate is null ? $"{share}."
            : string.Create(CultureInfo.InvariantCulture, $"{share}; 99 % of the messages were sent at most {All(rounds, d => d.Lateness).GetValueAtPercentile(99) / 1000.0:0.0} ms late.");
    }

    private static LongHistogram All(IEnumerable<Delivery> rounds, Func<Delivery, LongHistogram> histogram)
    {
        var all = Log.Load.NewHistogram();
        foreach (var round in rounds)
            all.Add(histogram(round));
        return all;
    }
}

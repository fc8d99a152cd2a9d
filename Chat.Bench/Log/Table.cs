using System.Globalization;

namespace Chat.Bench.Log;

/// <summary>What was measured, as a Markdown table.</summary>
internal static class Table
{
    public static void Write(TextWriter output, IReadOnlyList<(Contender Grouped, Contender Single)> pairs)
    {
        output.WriteLine();
        output.WriteLine("| writer | acked/s, median (min–max) | times one commit a call | p50 ms | p99 ms | transactions | calls/transaction | CPU µs/call | bytes/call |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (grouped, single) in pairs)
        {
            var ratios = grouped.Rounds.Zip(single.Rounds, (g, s) => g.Rate / s.Rate);
            output.WriteLine(Row(grouped, Spread.Text(ratios, "0.0")));
            output.WriteLine(Row(single, "1"));
        }
        output.WriteLine();
        output.WriteLine("Rates, ratios and latencies are of the measured rounds; transactions are all, with the warm-up's. CPU: of the process "
            + "that stores (without a server, the load is in it). bytes: allocated in the process of the load.");
    }

    private static string Row(Contender contender, string ratio)
    {
        var latency = Load.NewHistogram();
        foreach (var round in contender.Rounds)
            latency.Add(round.Latency);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {contender.Name} | {Spread.Text(contender.Rounds.Select(r => r.Rate), "0")} | {ratio} | {Milliseconds(50):0.00} | {Milliseconds(99):0.00} "
            + $"| {contender.Commits.Transactions} | {(double)contender.Commits.Writes / contender.Commits.Transactions:0.0} "
            + $"| {contender.Rounds.Sum(r => r.Processor.TotalMicroseconds) / contender.Rounds.Sum(r => r.Calls):0} "
            + $"| {contender.Rounds.Sum(r => r.Allocated) / contender.Rounds.Sum(r => r.Calls)} |");

        double Milliseconds(double percentile) => latency.GetValueAtPercentile(percentile) / 1000.0;
    }
}

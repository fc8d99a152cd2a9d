using System.Globalization;

namespace Chat.Bench.Log;

/// <summary>What was measured, as a Markdown table.</summary>
internal static class Table
{
    /// <param name="output">Where to.</param>
    /// <param name="groups">Those that were measured in turns; the first of each is what the others are held against.</param>
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<Contender>> groups)
    {
        output.WriteLine();
        output.WriteLine("| writer | acked/s, median (min–max) | the first's rate ÷ its | acked a second of CPU | the first's ÷ its | p50 ms | p99 ms | transactions | calls/transaction | CPU µs/call | bytes/call |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var group in groups)
        {
            foreach (var contender in group)
                output.WriteLine(Row(contender, group[0]));
        }
        output.WriteLine();
        output.WriteLine("Rates, ratios and latencies are of the measured rounds; transactions are all, with the warm-up's. CPU: of the process "
            + "that stores (without a server, the load is in it). bytes: allocated in the process of the load.");
    }

    private static string Row(Contender contender, Contender first)
    {
        var latency = Load.NewHistogram();
        foreach (var round in contender.Rounds)
            latency.Add(round.Latency);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {contender.Name} | {Spread.Text(contender.Rounds.Select(r => r.Rate), "0")} | {Ratio(r => r.Rate)} "
            + $"| {Spread.Text(contender.Rounds.Select(r => r.RateOfProcessor), "0")} | {Ratio(r => r.RateOfProcessor)} | {Milliseconds(50)} | {Milliseconds(99)} "
            + $"| {contender.Commits.Transactions} | {(double)contender.Commits.Writes / contender.Commits.Transactions:0.0} "
            + $"| {contender.Rounds.Sum(r => r.Processor.TotalMicroseconds) / contender.Rounds.Sum(r => r.Calls):0} "
            + $"| {contender.Rounds.Sum(r => r.Allocated) / contender.Rounds.Sum(r => r.Calls)} |");

        string Ratio(Func<Measurement, double> figure) => contender == first ? "1"
            : Spread.Text(first.Rounds.Zip(contender.Rounds, (f, its) => figure(f) / figure(its)), "0.00");

        string Milliseconds(double percentile) => latency.TotalCount == 0 ? "–"
            : (latency.GetValueAtPercentile(percentile) / 1000.0).ToString("0.00", CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;
using System.Globalization;
using HdrHistogram;

namespace Chat.Bench.Archive;

/// <summary>The course of <c>archive</c>. The tables go to the run's output, progress to standard error.</summary>
public static class ArchiveBench
{
    /// <summary>Where the pages lie, as the number of the event before which one ends.</summary>
    private static readonly IReadOnlyList<(string Name, Func<int, long> Before)> s_pages =
    [
        ("the newest", events => events + 1),
        ("the oldest", _ => 51),
        ("anywhere", events => Random.Shared.NextInt64(51, events + 2)),
    ];

    public static async Task<int> RunAsync(ArchiveRun run, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(run.Directory, $"chat-bench-{Environment.ProcessId}")).FullName;
        try
        {
            await Console.Error.WriteLineAsync($"writing {run.Events} events");
            await using var many = await Library.MakeAsync(Path.Combine(folder, "many"), run.Events, ct);
            await using var few = await Library.MakeAsync(Path.Combine(folder, "few"), ArchiveRun.FewEvents, ct);
            Figures[] all = [new(many), new(few)];
            for (var round = 0; round < run.Rounds; round++)
            {
                foreach (var figures in round % 2 == 0 ? all : Enumerable.Reverse(all))
                {
                    figures.Starts.Add((await figures.Library.StartAsync(ct)).TotalMilliseconds);
                    await figures.ReadAsync(run.Pages, ct);
                    await figures.Library.StopAsync(ct);
                }
                await Console.Error.WriteLineAsync($"round {round + 1} of {run.Rounds}");
            }
            Write(run.Output, all);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(TextWriter output, Figures[] all)
    {
        var few = all[^1];
        output.WriteLine();
        output.WriteLine("| | events | median (min–max) | times that with few |");
        output.WriteLine("|---|---|---|---|");
        foreach (var figures in all)
            output.WriteLine(Row("start until ready, ms", figures, f => f.Starts, few));
        for (var kind = 0; kind < s_pages.Count; kind++)
        {
            foreach (var figures in all)
                output.WriteLine(Row($"page of 50, {s_pages[kind].Name}: CPU µs of the server", figures, f => f.Processor[kind], few));
            foreach (var figures in all)
                output.WriteLine(Row($"page of 50, {s_pages[kind].Name}: p99 ms", figures, f => f.Percentile99[kind], few));
        }
    }

    private static string Row(string name, Figures figures, Func<Figures, IReadOnlyList<double>> values, Figures few) => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {figures.Library.Events} | {Spread.Text(values(figures), "0.0")} | {Spread.Text(values(figures).Zip(values(few), (its, of) => its / of), "0.00")} |");

    /// <summary>What was measured of one server, round by round.</summary>
    private sealed class Figures(Library library)
    {
        public Library Library => library;

        public List<double> Starts { get; } = [];

        /// <summary>Microseconds a page, for each kind of page.</summary>
        public IReadOnlyList<List<double>> Processor { get; } = [.. s_pages.Select(_ => new List<double>())];

        public IReadOnlyList<List<double>> Percentile99 { get; } = [.. s_pages.Select(_ => new List<double>())];

        public async Task ReadAsync(int pages, CancellationToken ct)
        {
            // Compiled first: a server starts but once.
            for (var i = 0; i < pages; i++)
                await library.ReadAsync(s_pages[^1].Before(library.Events), ct);
            for (var kind = 0; kind < s_pages.Count; kind++)
            {
                var latency = Log.Load.NewHistogram();
                var processor = library.ProcessorTime;
                for (var i = 0; i < pages; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    await library.ReadAsync(s_pages[kind].Before(library.Events), ct);
                    latency.RecordValue((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
                Processor[kind].Add((library.ProcessorTime - processor).TotalMicroseconds / pages);
                Percentile99[kind].Add(latency.GetValueAtPercentile(99) / 1000.0);
            }
        }
    }
}

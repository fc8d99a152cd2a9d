using System.Globalization;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Bench.Transports;

/// <summary>The course of <c>transports</c>. The table goes to standard output, progress to standard error.</summary>
internal static class TransportsBench
{
    private static readonly JsonSerializerOptions s_indented = new(ChatJson.Options) { WriteIndented = true };

    public static async Task<int> RunAsync(TransportsRun run, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("chat-bench-");
        try
        {
            using var pinned = Cores.PinLoad();
            Console.Error.WriteLine($"talking: {Technique.All.Count} transports, {run.Clients} clients each, at {string.Join(", ", TransportsRun.Rates)} messages a second");
            var rates = await Talking.RunAsync(run, folder.CreateSubdirectory("talking").FullName, cancellation);
            Console.Error.WriteLine($"idling: {run.IdleClients} clients each");
            var idle = await Task.WhenAll(Technique.All.Select(
                (t, i) => Idling.RunAsync(t, run, folder.CreateSubdirectory(i.ToString(CultureInfo.InvariantCulture)).FullName, cancellation)));
            var figures = Technique.All.Select((t, i) => new TechniqueFigures(t.Name, rates[t], idle[i])).ToList();
            if (run.Json)
                Console.WriteLine(JsonSerializer.Serialize(figures, s_indented));
            else
                Write(Console.Out, figures);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Delays and the server's cost as multiples of the first's, since absolute ones say more about the machine.</summary>
    private static void Write(TextWriter output, List<TechniqueFigures> all)
    {
        var rates = TransportsRun.Rates;
        output.WriteLine($"| transport | delay, times WebSocket's: median · p99, at {string.Join(" / ", rates)} a second | requests a message | bytes a message "
            + "| idle: requests a minute | idle: bytes a minute | idle: processor, times WebSocket's | idle: memory |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        var unit = all[0];
        foreach (var (name, figures, idle) in all)
        {
            var delays = figures.Zip(unit.Rates, (f, u) => $"{Number(f.MedianDelay / u.MedianDelay)} · {Number(f.P99Delay / u.MedianDelay)}");
            output.WriteLine($"| {name} | {string.Join(" / ", delays)} | {string.Join(" / ", figures.Select(f => Number(f.Requests)))} "
                + $"| {string.Join(" / ", figures.Select(f => Number(f.Bytes)))} | {Number(idle.Requests)} | {Number(idle.Bytes)} "
                + $"| {Number(idle.Processor / unit.Idle.Processor)} | {Number(idle.Memory / 1024)} KB |");
        }
    }

    /// <summary>Two digits that count.</summary>
    private static string Number(double value)
    {
        if (Math.Abs(value) < 0.005)
            return "0";
        var unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 1);
        var rounded = Math.Round(value / unit) * unit;
        return rounded.ToString(rounded >= 10 ? "#,##0" : rounded >= 1 ? "0.#" : "0.0##", CultureInfo.InvariantCulture);
    }
}

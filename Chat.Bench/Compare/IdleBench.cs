using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.Compare;

/// <summary>What clients cost who are connected and do nothing. Each contestant is started for itself, so that nobody's memory is under pressure because of another.</summary>
internal static class IdleBench
{
    /// <summary>Who are there before memory is counted: what the first ones need, is compiled and filled for them all.</summary>
    private const int First = 500;

    /// <summary>Until what connecting has left behind is collected.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);

    /// <summary>True if all stayed connected.</summary>
    public static async Task<bool> RunAsync(CompareRun run, Scenario scenario, IEnumerable<Contestant> contestants, string folder, CancellationToken ct)
    {
        var complete = true;
        await run.Output.WriteLineAsync($"{Environment.NewLine}{scenario.Id}: {scenario.What}{Environment.NewLine}");
        await run.Output.WriteLineAsync("| contestant | KB of its memory a client | KB of the kernel's a connection, both ends | CPU % of a core | complete |");
        await run.Output.WriteLineAsync("|---|---|---|---|---|");
        foreach (var contestant in contestants)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, $"{scenario.Id}-{contestant.Name}")).FullName;
            await using var party = await Party.GatherAsync(contestant, scenario.Nodes, First, scenario.Receivers - First, scenario.Transport, own, ct);
            await Task.Delay(s_settle, ct);
            var (kernel, before, those) = (KernelBytes(), contestant.MemoryBytes, party.Connections);
            await party.AddReceiversAsync(scenario.Receivers - First, ct);
            await Task.Delay(s_settle, ct);
            var (processor, start) = (contestant.ProcessorTime, Stopwatch.GetTimestamp());
            await Task.Delay(run.Duration, ct);
            var share = (contestant.ProcessorTime - processor) / Stopwatch.GetElapsedTime(start);
            var more = party.Connections - those;
            var memory = (contestant.MemoryBytes - before) / more / 1024.0;
            complete &= party.Gone == 0;
            await run.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"| {contestant.Name} | {memory:0.0} | {(KernelBytes() - kernel) / more / 1024.0:0.0} | {share * 100:0.0} | {(party.Gone == 0 ? "yes" : $"no: {party.Gone} gone")} |"));
        }
        return complete;
    }

    /// <summary>What the kernel keeps for its own structures, sockets among them.</summary>
    private static long KernelBytes() => File.ReadLines("/proc/meminfo")
        .Where(line => line.StartsWith("Slab:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
        .Single();
}

using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.Size;

/// <summary>Runs <c>size</c>. The table goes to the run's output, progress to standard error.</summary>
public static class SizeBench
{
    /// <summary>How long a slow call is repeated; at least three calls are made.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<Operation> s_operations =
    [
        new("send", (c, ct) => c.SendAsync(ct)),
        new("delete", (c, ct) => c.DeleteAsync(ct), (c, ct) => c.BeforeDeleteAsync(ct)),
        // Before each measured join the person leaves, and before each measured leave the person joins.
        new("join", (c, ct) => c.JoinAsync(ct), (c, ct) => c.LeaveAsync(ct), Prepare: (c, ct) => c.JoinAsync(ct)),
        new("leave", (c, ct) => c.LeaveAsync(ct), (c, ct) => c.JoinAsync(ct), Prepare: (c, ct) => c.JoinAsync(ct)),
        new("list, a room", (c, ct) => c.ListAsync(ct)),
        new("sync, a room", (c, ct) => c.SyncAsync(ct)),
        new("page, an event", (c, ct) => c.PageAsync(ct)),
        new("members, a member", (c, ct) => c.MembersAsync(ct)),
    ];

    public static async Task<int> RunAsync(SizeRun run, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(run.Directory, $"chat-bench-{Environment.ProcessId}")).FullName;
        try
        {
            await run.Output.WriteLineAsync(
                "| database | call | what grows | times the smallest: median (min–max) of rounds |");
            await run.Output.WriteLineAsync("|---|---|---|---|");
            foreach (var onPostgres in (bool[])[false, true])
            {
                await using var server = await SizedServer.StartAsync(
                    Path.Combine(folder, onPostgres ? "postgres" : "sqlite"), onPostgres, ct);
                foreach (var (kind, callers) in await server.FillAsync(run, ct))
                {
                    foreach (var operation in s_operations)
                        await run.Output.WriteLineAsync(
                            $"| {server.Name} | {operation.Name} | {kind} | "
                                + $"{await RatiosAsync(run, operation, callers, ct)} |");
                    await Console.Error.WriteLineAsync($"{server.Name}: {kind} measured");
                }
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Compares each size with the first, round by round, so that a machine that gets slower affects all sizes alike.
    /// </summary>
    private static async Task<string> RatiosAsync(SizeRun run, Operation operation, IReadOnlyList<SizedCaller> callers,
        CancellationToken ct)
    {
        var rounds = callers.Select(_ => new List<double>()).ToList();
        foreach (var caller in callers)
        {
            if (operation.Prepare is { } prepare)
                await prepare(caller, ct);
            await MeasureAsync(run, operation, caller, ct); // compiled and read into memory first
        }
        for (var round = 0; round < run.Rounds; round++)
        {
            foreach (var i in round % 2 == 0 ? Enumerable.Range(0, callers.Count)
                : Enumerable.Range(0, callers.Count).Reverse())
                rounds[i].Add(await MeasureAsync(run, operation, callers[i], ct));
        }
        return string.Join(" · ", callers.Skip(1).Select((caller, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{caller.Size}: {Spread.Text(rounds[i + 1].Zip(rounds[0], (its, of) => its / of), "0.00")}")));
    }

    /// <summary>Microseconds for each row that a call returns: the median of a turn's calls.</summary>
    private static async Task<double> MeasureAsync(SizeRun run, Operation operation, SizedCaller caller,
        CancellationToken ct)
    {
        var times = new List<double>();
        var began = Stopwatch.GetTimestamp();
        while (times.Count < run.Calls && (times.Count < 3 || Stopwatch.GetElapsedTime(began) < s_turn))
        {
            if (operation.Before is { } before)
                await before(caller, ct);
            var start = Stopwatch.GetTimestamp();
            var rows = await operation.Call(caller, ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / rows);
        }
        return Spread.Median(times);
    }

    /// <param name="Name">The name in the table.</param>
    /// <param name="Call">The measured call; returns the number of rows that the server answered with.</param>
    /// <param name="Before">Runs before each call and is not measured.</param>
    /// <param name="Prepare">Runs once, before all calls.</param>
    private sealed record Operation(
        string Name, Func<SizedCaller, CancellationToken, Task<int>> Call,
        Func<SizedCaller, CancellationToken, Task>? Before = null,
        Func<SizedCaller, CancellationToken, Task>? Prepare = null);
}

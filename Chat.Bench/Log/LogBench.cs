using System.Globalization;
using Chat.Server.Log;
using Microsoft.Data.Sqlite;

namespace Chat.Bench.Log;

/// <summary>The course of <c>log</c>. The table goes to standard output, progress to standard error.</summary>
internal static class LogBench
{
    public static async Task<int> RunAsync(LogRun run, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(run.Directory, $"chat-bench-{Environment.ProcessId}")).FullName;
        try
        {
            if (Disk.IsMemory(folder))
            {
                Console.Error.WriteLine($"{run.Directory} is in memory: syncing costs nothing there. Name a folder on a disk with --directory.");
                return 2;
            }
            Say(string.Create(CultureInfo.InvariantCulture,
                $"{run.Senders} senders, {run.PerCall} message(s) a call, {run.Rooms} room(s), {run.Rounds} rounds of {run.Duration.TotalSeconds} s"));
            Say(string.Create(CultureInfo.InvariantCulture,
                $"disk: {run.Directory} ({Disk.Format(folder)}), a 4 KB write with its sync takes {Disk.SyncCost(folder).TotalMilliseconds:0.00} ms"));
            Say(Cores.CanPin ? "the server process has a core of its own, the load the others" : "nothing is pinned to a core: taskset or a second core is missing");

            var bare = await CompareAsync(run, "log", async (name, size) => await BareLog.OpenAsync(run, Folder(folder, name), size, cancellation), cancellation);
            SqliteConnection.ClearAllPools();
            using (Cores.PinLoad())
            {
                var whole = await CompareAsync(run, "server", async (name, size) =>
                    await WholeServer.OpenAsync(run, Folder(folder, name), size, Cores.ServerPrefix, cancellation), cancellation);
                Console.Error.WriteLine("counting syncs");
                var syncs = await SyncCheck.RunAsync(run, Folder(folder, "syncs"), cancellation);
                Table.Write(Console.Out, [bare, whole]);
                Say(syncs);
            }
            return 0;
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>With group commit and without, in turns: whatever else happens on the machine hits both.</summary>
    private static async Task<(Contender Grouped, Contender Single)> CompareAsync(
        LogRun run, string name, Func<string, int, Task<IWriter>> open, CancellationToken cancellation)
    {
        Console.Error.WriteLine($"{name}: getting ready");
        await using var groupedWriter = await open($"{name}-grouped", LogOptions.DefaultBatchSize);
        await using var singleWriter = await open($"{name}-single", 1);
        var grouped = new Contender($"{name}, group commit", groupedWriter);
        var single = new Contender($"{name}, one commit a call", singleWriter);
        await grouped.WarmUpAsync(run, cancellation);
        await single.WarmUpAsync(run, cancellation);
        for (var round = 0; round < run.Rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? new[] { grouped, single } : [single, grouped])
            {
                await contender.MeasureAsync(run, cancellation);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{contender.Name}: round {round + 1} of {run.Rounds}, {contender.Rounds[^1].Rate:0} messages/s"));
            }
        }
        await grouped.CountAsync();
        await single.CountAsync();
        return (grouped, single);
    }

    private static string Folder(string parent, string name) => Directory.CreateDirectory(Path.Combine(parent, name)).FullName;

    private static void Say(string line) => Console.Out.WriteLine(line);
}

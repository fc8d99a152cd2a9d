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
                $"{run.Senders} senders, {run.PerCall} message(s) a call, {run.Rooms} {(run.Direct ? "direct conversation" : "room")}(s), {run.Rounds} rounds of {run.Duration.TotalSeconds} s"));
            Say(string.Create(CultureInfo.InvariantCulture,
                $"disk: {run.Directory} ({Disk.Format(folder)}), a 4 KB write with its sync takes {Disk.SyncCost(folder).TotalMilliseconds:0.00} ms"));
            Say(Cores.CanPin ? "the server process has a core of its own, the load the others" : "nothing is pinned to a core: taskset or a second core is missing");

            var bare = await CompareAsync(run, "log", async (name, size) => await BareLog.OpenAsync(run, Folder(folder, name), size, cancellation),
                CLog.CanRun ? async () => await CLog.OpenAsync(run, Folder(folder, "c"), cancellation) : null, cancellation);
            SqliteConnection.ClearAllPools();
            using (Cores.PinLoad())
            {
                var whole = await CompareAsync(run, "server", async (name, size) =>
                    await WholeServer.OpenAsync(run, Folder(folder, name), size, Cores.ServerPrefix, cancellation), null, cancellation);
                Console.Error.WriteLine("counting syncs");
                var syncs = await SyncCheck.RunAsync(run, Folder(folder, "syncs"), cancellation);
                Table.Write(Console.Out, [bare, whole]);
                Say(syncs);
                if (!CLog.CanRun)
                    Say("The program in C did not take part; it needs: apt-get install gcc libsqlite3-dev");
            }
            return 0;
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>With group commit, without, and in C where that is to be had, in turns: whatever else happens on the machine hits all.</summary>
    private static async Task<IReadOnlyList<Contender>> CompareAsync(
        LogRun run, string name, Func<string, int, Task<IStore>> open, Func<Task<IStore>>? openC, CancellationToken cancellation)
    {
        Console.Error.WriteLine($"{name}: getting ready");
        await using var grouped = await open($"{name}-grouped", LogOptions.DefaultBatchSize);
        await using var single = await open($"{name}-single", 1);
        await using var c = openC is null ? null : await openC();
        var contenders = new List<Contender> { new($"{name}, group commit", grouped), new($"{name}, one commit a call", single) };
        if (c is not null)
            contenders.Add(new Contender("the same rows from C", c));
        foreach (var contender in contenders)
            await contender.WarmUpAsync(run, cancellation);
        for (var round = 0; round < run.Rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? contenders : Enumerable.Reverse(contenders))
            {
                await contender.MeasureAsync(run, cancellation);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{contender.Name}: round {round + 1} of {run.Rounds}, {contender.Rounds[^1].Rate:0} messages/s"));
            }
        }
        foreach (var contender in contenders)
            await contender.CountAsync();
        return contenders;
    }

    private static string Folder(string parent, string name) => Directory.CreateDirectory(Path.Combine(parent, name)).FullName;

    private static void Say(string line) => Console.Out.WriteLine(line);
}

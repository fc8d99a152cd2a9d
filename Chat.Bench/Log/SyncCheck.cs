using System.Globalization;
using System.Text.RegularExpressions;
using Chat.Server.Log;

namespace Chat.Bench.Log;

/// <summary>
/// Is each transaction really synced, and nothing else? Runs the whole server once more with the kernel's own list of its syncs
/// (<c>strace</c>) and compares them with its transactions. Not part of what is measured: tracing slows it down.
/// </summary>
internal static partial class SyncCheck
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(2);

    /// <summary>What was found, in a sentence.</summary>
    public static async Task<string> RunAsync(LogRun run, string folder, CancellationToken cancellation)
    {
        if (Tools.Find("strace") is null)
            return "strace is not installed: transactions were counted by the server, their syncs were not checked.";

        var trace = Path.Combine(folder, "trace");
        Measurement load;
        Commits commits;
        double start, end;
        await using (var server = await WholeServer.OpenAsync(run, folder, LogOptions.DefaultBatchSize,
            ["strace", "-D", "-f", "-y", "-ttt", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", trace, .. Cores.ServerPrefix], cancellation))
        {
            start = Now();
            load = await ((IStore)server).RunAsync(run, s_duration, cancellation);
            end = Now();
            commits = (await server.CommitsAsync()).Of(load.Calls);
        }

        var synced = (await File.ReadAllLinesAsync(trace, cancellation)).Select(line => Sync().Match(line))
            .Where(match => match.Success && Seconds(match) is var at && at >= start && at <= end)
            .ToLookup(match => match.Groups[2].Value);
        int wal = synced["chat.db-wal"].Count(), database = synced["chat.db"].Count();
        return $"Counted by strace, in a run of its own: {wal} syncs of the write-ahead log and {database} of the database (one a checkpoint) "
            + $"for {commits.Transactions} transactions with {commits.Writes} calls.";
    }

    private static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private static double Seconds(Match match) => double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\d+ +([0-9.]+) f(?:data)?sync\(\d+<.*/([^/>]+)>")]
    private static partial Regex Sync();
}

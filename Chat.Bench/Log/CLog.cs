using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.Log;

/// <summary>
/// A program in C that commits the same rows in groups, with the same statements, in a database like the log's (<c>peers/log</c>). It has no senders that
/// wait: half of them are one transaction, as it comes to with the log.
/// </summary>
internal sealed class CLog(string program, string database) : IStore
{
    private Commits _commits;

    /// <summary>Whether it can be compiled here (Debian's <c>gcc libsqlite3-dev</c>).</summary>
    public static bool CanRun => CProgram.CanCompile && File.Exists("/usr/include/sqlite3.h");

    public static async Task<CLog> OpenAsync(LogRun run, string folder, CancellationToken cancellation)
    {
        var program = await CProgram.CompileAsync("log/log.c", folder, ["sqlite3"], cancellation);
        await using (await BareLog.OpenAsync(run, folder, Server.Log.LogOptions.DefaultBatchSize, cancellation))
        {
            // It makes the rooms and their members.
        }
        return new CLog(program, Path.Combine(folder, BareLog.FileName));
    }

    public async Task<Measurement> RunAsync(LogRun run, TimeSpan duration, CancellationToken cancellation)
    {
        string[] arguments = [database, Text(run.Senders), Text(run.PerCall), Text(Math.Max(1, run.Senders / 2)), Text(duration.TotalSeconds)];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"the program in C ended with {process.ExitCode}: {await error}");
        var figures = (await output).Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        _commits = new Commits(_commits.Transactions + (long)figures[1], _commits.Writes + (long)figures[0]);
        return new Measurement((long)figures[0], (long)figures[0] * run.PerCall, TimeSpan.FromSeconds(figures[2]), Load.NewHistogram(), TimeSpan.FromSeconds(figures[3]), Allocated: 0);
    }

    public Task<Commits> CommitsAsync() => Task.FromResult(_commits);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

using System.Diagnostics;

namespace Chat.Bench.Compare;

/// <summary>A program for Node.js in <c>peers/node</c>, whose packages <c>npm ci</c> installs when it is first started.</summary>
internal abstract class NodeContestant : Contestant
{
    private static readonly SemaphoreSlim s_installing = new(1, 1);

    public override string Durability => "none";

    public override string? Missing() => Tools.Find("node") is null ? "nodejs" : Tools.Find("npm") is null ? "npm" : null;

    protected static async Task InstallAsync(CancellationToken ct)
    {
        await s_installing.WaitAsync(ct);
        try
        {
            // What npm writes last.
            var installed = new FileInfo(File("node/node_modules/.package-lock.json"));
            if (installed.Exists && installed.LastWriteTimeUtc >= System.IO.File.GetLastWriteTimeUtc(File("node/package-lock.json")))
                return;
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"])
            { WorkingDirectory = File("node"), RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, error) = (npm.StandardOutput.ReadToEndAsync(ct), npm.StandardError.ReadToEndAsync(ct));
            await npm.WaitForExitAsync(ct);
            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm ci failed: {await output} {await error}");
            System.IO.File.SetLastWriteTimeUtc(installed.FullName, DateTime.UtcNow);
        }
        finally
        {
            s_installing.Release();
        }
    }

    protected async Task StartAsync(string script, IReadOnlyList<string> arguments, CancellationToken ct) =>
        await StartAsync(Name, (port, _) => ["node", File($"node/{script}"), $"{port}", .. arguments], ct);
}

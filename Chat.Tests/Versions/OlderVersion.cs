using System.Diagnostics;
using System.Runtime.CompilerServices;
using Chat.Tests.Versions;

[assembly: AssemblyFixture(typeof(OlderVersion))]

namespace Chat.Tests.Versions;

/// <summary>
/// The programs of the commit that this version must run beside; built by <c>build-older.sh</c> when the first test
/// asks. Thread-safe.
/// </summary>
public sealed class OlderVersion
{
    private readonly Lazy<Task<string>> _folder = new(BuildAsync);

    /// <summary>The path of its <c>Chat.Server.dll</c>.</summary>
    public Task<string> ServerAsync() => ProgramAsync("Chat.Server", "Chat.Server.dll");

    /// <summary>The path of its <c>chat.dll</c>.</summary>
    public Task<string> TerminalAsync() => ProgramAsync("Chat.Client.Console", "chat.dll");

    private async Task<string> ProgramAsync(string project, string program) =>
        Path.Combine(await _folder.Value, project, program);

    private static async Task<string> BuildAsync()
    {
        using var build = Process.Start(new ProcessStartInfo("sh", [Script()]) { RedirectStandardOutput = true })!;
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, "The older version could not be built.");
        return output.Trim();
    }

    private static string Script([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "build-older.sh");
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chat.Tests.Support;

namespace Chat.Tests.Hosting;

/// <summary>One run of the built server that may well fail to start: what it printed, how it ended.</summary>
internal sealed class ServerRun : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(15) };

    private readonly Process _process;
    private readonly Task<string> _output, _error;

    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Configuration keys with <c>:</c>.</param>
    /// <param name="before">Shell commands to run first, in a mount namespace of its own (which needs root).</param>
    public ServerRun(string folder, IReadOnlyDictionary<string, string> settings, string? before = null)
    {
        Uri = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        string[] server = ["dotnet", ServerBinary.Path, "--urls", Uri.ToString()];
        string[] command = before is null ? server : ["unshare", "--mount", "sh", "-c", $"{before} && exec \"$@\"", "sh", .. server];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public Uri Uri { get; }

    public int Id => _process.Id;

    /// <summary>Whether tests here may mount something.</summary>
    public static bool CanMount { get; } = Environment.UserName == "root" && TryUnshare();

    public void Kill() => _process.Kill();

    /// <summary>Waits until it has ended: its exit code, and what it printed to standard error.</summary>
    public async Task<(int Code, string Error)> EndAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        Output.Write(await _output);
        Output.Write(await _error);
        return (_process.ExitCode, await _error);
    }

    /// <summary>Waits until it is ready.</summary>
    public Task ReadyAsync(CancellationToken ct) => Eventually.TrueAsync(
        async () => await HealthAsync() is (HttpStatusCode.OK, _), ChildProcess.StartLimit, ct, "the server is ready");

    /// <summary>What <c>/health/ready</c> answers; null if nothing does.</summary>
    public async Task<(HttpStatusCode Status, string Text)?> HealthAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Uri, "/health/ready"));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            Assert.False(_process.HasExited, _process.HasExited ? _error.Result : "");
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool TryUnshare()
    {
        try
        {
            using var probe = Process.Start("unshare", ["--mount", "true"]);
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

using System.Diagnostics;
using System.Net;

namespace Chat.Tests.Support;

/// <summary>
/// The built server as a child process on a loopback port of its own, so that it can be killed, at any moment, as a machine would
/// kill it. Port, data and settings stay the same when it is started again. Its log goes to the test's output.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly TemporaryFolder _data = new();
    private readonly Dictionary<string, string> _settings;
    private readonly ServerLog _log;
    private Process? _process;

    /// <summary>Nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="settings">Configuration keys with <c>:</c>; they win over <see cref="TestSettings"/>.</param>
    public ServerProcess(IReadOnlyDictionary<string, string>? settings = null)
    {
        _settings = TestSettings.For(_data, settings);
        _log = new ServerLog(_data.File("server.log"));
        Uri = new Uri($"http://127.0.0.1:{FreePort.Find()}");
    }

    /// <summary>Where it listens, in all its lives.</summary>
    public Uri Uri { get; }

    /// <summary>Its SQLite database, for looking into it while the server is dead.</summary>
    public string Database => _data.File("chat.db");

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64;
        }
    }

    /// <summary>Completes when the process has ended, however it did.</summary>
    public Task Ended => Running.WaitForExitAsync();

    private Process Running => _process ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>Creates one and starts it.</summary>
    public static async Task<ServerProcess> RunAsync(
        CancellationToken ct, IReadOnlyDictionary<string, string>? settings = null, string? crashAt = null)
    {
        var server = new ServerProcess(settings);
        await server.StartAsync(ct, crashAt);
        return server;
    }

    /// <summary>Starts it, again too, and returns when it is ready to store and relay.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="crashAt">Where it kills itself in this life, such as <c>after-commit:3</c>.</param>
    public async Task StartAsync(CancellationToken ct, string? crashAt = null)
    {
        await StopAsync();
        var start = new ProcessStartInfo("dotnet", [ServerBinary.Path, "--urls", Uri.ToString()])
        {
            WorkingDirectory = _data.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in _settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["CHAT_CRASH_AT"] = crashAt;
        start.Environment["DOTNET_TieredPGO"] = "0";   // Starts with a fifth less work, and tests start it often.
        _process = Process.Start(start)!;
        Starts++;
        _log.Follow(_process);
        // Whether it is ready the server finds out by storing something, which would be the first to come to the crash point.
        var path = crashAt is null ? "/health/ready" : "/health/live";
        await Eventually.TrueAsync(() => AnswersAsync(path), StartLimit, ct, "the server is ready");
    }

    /// <summary>SIGKILL, and returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>Freezes it where it stands.</summary>
    public void Freeze() => Signal.Freeze(Running.Id);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal.Thaw(Running.Id);

    /// <summary>SIGTERM, and returns its exit code when the process has ended by itself.</summary>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        Signal.Terminate(Running.Id);
        await Running.WaitForExitAsync(ct);
        return Running.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _log.Dispose();
        _data.Dispose();
    }

    private async Task StopAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        _process = null;
    }

    private async ValueTask<bool> AnswersAsync(string path)
    {
        if (Running.HasExited)
            Assert.Fail($"The server ended with code {Running.ExitCode} while starting.");
        try
        {
            using var answer = await Http.GetAsync(new Uri(Uri, path));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}

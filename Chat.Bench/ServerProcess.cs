using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Chat.Server.Hosting;

namespace Chat.Bench;

/// <summary>A server of its own process on a free loopback port, without limits of rate. Disposing stops it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address => _address.Task.Result;

    /// <summary>Processor time used since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>What it has written, line by line.</summary>
    public IEnumerable<string> Lines => _lines;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="folder">For its database.</param>
    /// <param name="prefix">A program, with its arguments, that starts it in its own place.</param>
    /// <param name="settings">More of its configuration, as <c>--key=value</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<ServerProcess> StartAsync(
        string folder, IReadOnlyList<string> prefix, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        string[] command =
        [
            .. prefix, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(ChatDatabase).Assembly.Location,
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:Chat=Data Source={Path.Combine(folder, "chat.db")}",
            "--Chat:Limits:SendRate=1000000", "--Chat:Limits:SendBurst=1000000", "--Chat:Limits:AccountsPerMinute=1000000", .. settings,
        ];
        var server = new ServerProcess(new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        });
        server.Start();
        try
        {
            await server._address.Task.WaitAsync(s_patience, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop, as a system does, and waits until it has written its last line.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
            _ = kill(_process.Id, 15);
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException(
            "the server stopped: " + string.Join(Environment.NewLine, _lines)));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}

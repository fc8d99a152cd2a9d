using System.Diagnostics;
using StackExchange.Redis;

namespace Chat.Tests.Support;

/// <summary>
/// A real Redis of a test's own, on a loopback port and in a folder of its own, so that it can be killed, frozen and started again. It keeps nothing on
/// the disk.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _options;
    private readonly bool _sentinel;
    private Process? _process;

    /// <summary>Nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Of the command line, such as <c>--requirepass</c>, <c>secret</c>.</param>
    /// <param name="sentinel">What its configuration file says if it is a Sentinel.</param>
    private RedisServer(string[] options, string? sentinel)
    {
        (_options, _sentinel) = (options, sentinel is not null);
        if (sentinel is not null)
            File.WriteAllText(_folder.File("sentinel.conf"), sentinel);
    }

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary><c>127.0.0.1:port</c>: the simplest connection string for it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Its process id.</summary>
    public int Id => Running.Id;

    private Process Running => _process ?? throw new InvalidOperationException("Redis was not started.");

    /// <summary>Starts one.</summary>
    public static async Task<RedisServer> RunAsync(CancellationToken ct, params string[] options)
    {
        var redis = new RedisServer(options, sentinel: null);
        await redis.StartAsync(ct);
        return redis;
    }

    /// <summary>Starts a Sentinel.</summary>
    public static async Task<RedisServer> RunSentinelAsync(string configuration, CancellationToken ct)
    {
        var sentinel = new RedisServer([], configuration);
        await sentinel.StartAsync(ct);
        return sentinel;
    }

    /// <summary>Starts it, again too, and returns when it listens.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _process?.Dispose();
        string[] first = _sentinel ? [_folder.File("sentinel.conf"), "--sentinel"] : ["--save", "", "--appendonly", "no"];
        _process = Process.Start(new ProcessStartInfo("redis-server", [.. first, "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, .. _options])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(ListensAsync, StartLimit, ct, "Redis listens");
    }

    /// <summary>SIGKILL, and returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>It stands still; whoever is connected stays so.</summary>
    public void Freeze() => Signal.Freeze(Id);

    /// <summary>It goes on.</summary>
    public void Thaw() => Signal.Thaw(Id);

    /// <summary>Runs a command as its administrator.</summary>
    /// <param name="options">Of a connection string, with a comma in front.</param>
    /// <param name="command">The command and its arguments.</param>
    public async Task<RedisResult> ExecuteAsync(string options, params string[] command)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true{options}");
        return await connection.GetServer(Address).ExecuteAsync(command[0], [.. command.Skip(1)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
                await KillAsync();
            _process.Dispose();
        }
        _folder.Dispose();
    }

    private async ValueTask<bool> ListensAsync()
    {
        if (Running.HasExited)
            Assert.Fail($"Redis ended with code {Running.ExitCode} while starting.");
        using var probe = new System.Net.Sockets.TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}

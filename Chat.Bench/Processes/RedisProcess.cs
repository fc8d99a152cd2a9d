using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Chat.Bench.Processes;

/// <summary>
/// A real Redis on a loopback port and in a folder of its own, so that it can be killed, frozen and started again. It keeps nothing on
/// the disk. Needs <c>redis-server</c> in the path.
/// </summary>
public sealed class RedisProcess : ChildProcess
{
    private readonly TemporaryFolder _folder;
    private readonly string[] _options;
    private readonly string? _sentinel;

    private RedisProcess(TemporaryFolder folder, string[] options, string? sentinel)
        : base(new ProcessLog(folder.File("redis.log")))
    {
        (_folder, _options, _sentinel) = (folder, options, sentinel is null ? null : folder.File("sentinel.conf"));
        if (_sentinel is not null)
            File.WriteAllText(_sentinel, sentinel);
    }

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary><c>127.0.0.1:port</c>: the simplest connection string for it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one.</summary>
    /// <param name="ct">Gives up.</param>
    /// <param name="options">Of the command line, such as <c>--requirepass</c>, <c>secret</c>.</param>
    public static Task<RedisProcess> RunAsync(CancellationToken ct, params string[] options) =>
        RunAsync(new RedisProcess(new TemporaryFolder(), options, sentinel: null), ct);

    /// <summary>Starts a Sentinel, with what its configuration file says.</summary>
    public static Task<RedisProcess> RunSentinelAsync(string configuration, CancellationToken ct) =>
        RunAsync(new RedisProcess(new TemporaryFolder(), [], configuration), ct);

    /// <summary>Starts it, again too, and returns when it listens.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        string[] first = _sentinel is null ? ["--save", "", "--appendonly", "no"] : [_sentinel, "--sentinel"];
        await BeginAsync(new ProcessStartInfo("redis-server",
            [.. first, "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.Path, .. _options])
        { WorkingDirectory = _folder.Path });
        await Eventually.TrueAsync(ListensAsync, StartLimit, ct, "Redis listens");
    }

    /// <summary>Runs a command as its administrator.</summary>
    /// <param name="options">Of a connection string, with a comma in front.</param>
    /// <param name="command">The command and its arguments.</param>
    public async Task<RedisResult> ExecuteAsync(string options, params string[] command)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true{options}");
        return await connection.GetServer(Address).ExecuteAsync(command[0], [.. command.Skip(1)]);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<RedisProcess> RunAsync(RedisProcess redis, CancellationToken ct)
    {
        try
        {
            await redis.StartAsync(ct);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<bool> ListensAsync()
    {
        ThrowIfEnded();
        return await FreePort.IsTakenAsync(Port);
    }
}

using System.Diagnostics;
using Npgsql;

namespace Chat.Tests.Support;

/// <summary>
/// A real PostgreSQL of a test's own, on a loopback port and in a folder of its own, so that it can be killed and started again. It does
/// not wait for the disk (<c>fsync=off</c>): what tests end is the process, never the machine.
/// </summary>
public sealed class PostgresProcess : IAsyncDisposable
{
    private const string User = "chat";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private Process? _process;
    private int _databases;

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>What its user signs in with.</summary>
    public string Password { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Its process id; PostgreSQL's other processes are children of this one.</summary>
    public int Id => Running.Id;

    private Process Running => _process ?? throw new InvalidOperationException("PostgreSQL was not started.");

    private string Data => _folder.File("data");

    /// <summary>Makes a cluster of databases and starts it.</summary>
    public static async Task<PostgresProcess> RunAsync(CancellationToken ct)
    {
        var postgres = new PostgresProcess();
        await postgres.CreateAsync(ct);
        await postgres.StartAsync(ct);
        return postgres;
    }

    /// <summary>How to connect to one of its databases.</summary>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password};Timeout=5";

    /// <summary>Makes an empty database; answers with how to connect to it.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken ct)
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync(ct);
        return ConnectionString(name);
    }

    /// <summary>Starts it, again too, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _process?.Dispose();
        _process = Process.Start(AsOrdinaryUser("postgres", "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={Data}", "-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
            "-c", "logging_collector=off", "-c", $"log_destination=stderr"))!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Eventually.TrueAsync(() => AnswersAsync(ct), StartLimit, ct, "PostgreSQL answers");
    }

    /// <summary>SIGKILL to all of it at once, as a machine that fails; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        foreach (var child in Children())
            Signal.Kill(child);
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>Stops it as an operator does who does not wait for clients.</summary>
    public async Task StopAsync()
    {
        Signal.Interrupt(Running.Id);
        await Running.WaitForExitAsync();
    }

    /// <summary>Freezes all of it where it stands: connections stay open and nothing answers.</summary>
    public void Freeze()
    {
        foreach (var process in (IEnumerable<int>)[Running.Id, .. Children()])
            Signal.Freeze(process);
    }

    /// <summary>Lets it go on.</summary>
    public void Thaw()
    {
        foreach (var process in (IEnumerable<int>)[.. Children(), Running.Id])
            Signal.Thaw(process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Thaw();
            await KillAsync();
        }
        _process?.Dispose();
        _folder.Dispose();
    }

    /// <summary>Debian's folders of all versions, the newest first.</summary>
    private static string Program(string name) => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
            .Select(d => Path.Combine(d, "bin", name)).First(File.Exists)
        : name;

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static ProcessStartInfo AsOrdinaryUser(string name, params string[] arguments) => Environment.IsPrivilegedProcess
        ? Start("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Program(name), .. arguments])
        : Start(Program(name), arguments);

    private static ProcessStartInfo Start(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };

    private async Task CreateAsync(CancellationToken ct)
    {
        var password = _folder.File("password");
        await File.WriteAllTextAsync(password, Password, ct);
        if (Environment.IsPrivilegedProcess)
            await RunAsync(Start("chown", ["-R", "postgres", _folder.Path]), ct);
        await RunAsync(AsOrdinaryUser("initdb", "-D", Data, "-U", User, $"--pwfile={password}", "--auth=scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"), ct);
    }

    private static async Task RunAsync(ProcessStartInfo start, CancellationToken ct)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        Assert.True(process.ExitCode == 0, $"{start.FileName} failed: {await output} {await error}");
    }

    private IEnumerable<int> Children() =>
        File.ReadAllText($"/proc/{Running.Id}/task/{Running.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private async ValueTask<bool> AnswersAsync(CancellationToken ct)
    {
        if (Running.HasExited)
            Assert.Fail($"PostgreSQL ended with code {Running.ExitCode} while starting.");
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
            await connection.OpenAsync(ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}

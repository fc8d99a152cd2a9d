using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Chat.Bench.Processes;

/// <summary>
/// A real PostgreSQL on a loopback port and in a folder of its own, so that it can be killed and started again. Unless it is asked to, it does
/// not wait for the disk (<c>fsync=off</c>): what ends here is the process, never the machine. It refuses to be root: where this program is, it runs as the
/// user <c>postgres</c>, or <c>nobody</c>.
/// </summary>
public sealed class PostgresProcess : ChildProcess
{
    private const string User = "chat";

    private readonly string _programs;
    private readonly bool _syncs, _keepsLog;
    private readonly TemporaryFolder _folder;
    private readonly Account? _account = Account.Unprivileged();
    private int _databases;

    private PostgresProcess(
        string programs, TemporaryFolder folder, bool syncs, bool keepsLog, string? password = null)
        : base(new ProcessLog(folder.File("postgres.log")))
    {
        (_programs, _folder, _syncs, _keepsLog) = (programs, folder, syncs, keepsLog);
        Password = password ?? Guid.NewGuid().ToString("N");
    }

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>What its user signs in with.</summary>
    public string Password { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Processes => [.. Children, Id];

    /// <summary>The path of its log, if it keeps one.</summary>
    public string LogFile => Path.Combine(LogFolder, "messages.log");

    private string LogFolder => _folder.File("log");

    private string Data => _folder.File("data");

    /// <summary>Where the newest version's programs are; null if none is installed.</summary>
    public static string? FindPrograms() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
            .Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : Path.GetDirectoryName(Tools.Find("initdb"));

    /// <summary>Makes a cluster of databases and starts it.</summary>
    /// <param name="ct">Gives up.</param>
    /// <param name="programs">Where <c>initdb</c> and <c>postgres</c> are; the newest installed if null.</param>
    /// <param name="syncs">Whether a commit waits for the disk.</param>
    /// <param name="keepsLog">
    /// Whether it writes <see cref="LogFile"/>. There each message is whole, however many of its processes write at
    /// once.
    /// </param>
    public static async Task<PostgresProcess> RunAsync(CancellationToken ct, string? programs = null,
        bool syncs = false, bool keepsLog = false)
    {
        programs ??= FindPrograms() ?? throw new InvalidOperationException("PostgreSQL is not installed: there is no initdb.");
        var postgres = new PostgresProcess(programs, new TemporaryFolder(), syncs, keepsLog);
        try
        {
            await postgres.CreateAsync(ct);
            await postgres.StartAsync(ct);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts a standby, which has a port of its own and replays what this one writes. A commit does not wait for it.
    /// </summary>
    public async Task<PostgresProcess> StandbyAsync(CancellationToken ct)
    {
        var standby = new PostgresProcess(_programs, new TemporaryFolder(), _syncs, _keepsLog, Password);
        try
        {
            await standby.OwnFolderAsync(ct);
            var primary = string.Create(CultureInfo.InvariantCulture,
                $"host=127.0.0.1 port={Port} user={User} password={Password}");
            await RunAsync(standby.Program("pg_basebackup", "-d", primary, "-D", standby.Data, "-R", "-X", "stream",
                "--checkpoint=fast", "--no-sync"), ct);
            await standby.StartAsync(ct);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect to one of its databases.</summary>
    /// <param name="database">Which.</param>
    /// <param name="port">A proxy's; its own if null.</param>
    public string ConnectionString(string database, int? port = null) => string.Create(CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={port ?? Port};Database={database};Username={User};Password={Password};Timeout=5");

    /// <summary>Makes an empty database; answers with how to connect to it.</summary>
    /// <param name="ct">Gives up.</param>
    /// <param name="port">A proxy's; its own if null.</param>
    public async Task<string> NewDatabaseAsync(CancellationToken ct, int? port = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync(ct);
        return ConnectionString(name, port);
    }

    /// <summary>Starts it, again too, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await BeginAsync(Server());
        await Eventually.TrueAsync(() => AnswersAsync(ct), StartLimit, ct, "PostgreSQL answers");
    }

    /// <summary>Stops it as an operator does who does not wait for clients.</summary>
    public Task StopAsync()
    {
        Signal.Interrupt(Id);
        return Ended;
    }

    /// <summary>Stops it without cleaning up: it recovers when it is started again.</summary>
    public Task StopImmediatelyAsync()
    {
        Signal.Quit(Id);
        return Ended;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task RunAsync(ProcessStartInfo start, CancellationToken ct)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} failed: {await output} {await error}");
    }

    private async Task CreateAsync(CancellationToken ct)
    {
        var password = _folder.File("password");
        await File.WriteAllTextAsync(password, Password, ct);
        await OwnFolderAsync(ct);
        await RunAsync(Program("initdb", "-D", Data, "-U", User, $"--pwfile={password}", "--auth=scram-sha-256",
            "-E", "UTF8", "--no-locale", "--no-sync"), ct);
    }

    private async Task OwnFolderAsync(CancellationToken ct)
    {
        if (_account is { } account)
            await RunAsync(new ProcessStartInfo("chown", ["-R", account.ToString(), _folder.Path]), ct);
    }

    private ProcessStartInfo Server() => Program("postgres", "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture),
        "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={Data}", "-c", _syncs ? "fsync=on" : "fsync=off", "-c", "max_connections=300",
        "-c", "shared_buffers=64MB", "-c", "log_destination=stderr",
        "-c", _keepsLog ? "logging_collector=on" : "logging_collector=off", "-c", $"log_directory={LogFolder}",
        "-c", $"log_filename={Path.GetFileName(LogFile)}", "-c", "log_rotation_size=0", "-c", "log_rotation_age=0");

    private ProcessStartInfo Program(string name, params string[] arguments)
    {
        string[] command = [.. _account?.Prefix ?? [], Path.Combine(_programs, name), .. arguments];
        return new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/" };
    }

    private async ValueTask<bool> AnswersAsync(CancellationToken ct)
    {
        // The last processes of a life that was killed may still hold its memory: then it gives up, and is started again.
        if (!IsRunning)
            await BeginAsync(Server());
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

    /// <summary>A user of the system, for a program that refuses to be root.</summary>
    private sealed record Account(string User, string Group)
    {
        public IReadOnlyList<string> Prefix => ["setpriv", $"--reuid={User}", $"--regid={Group}", "--clear-groups"];

        public static Account? Unprivileged()
        {
            if (!Environment.IsPrivilegedProcess)
                return null;
            var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).ToLookup(fields => fields[0]);
            var found = users["postgres"].Concat(users["nobody"]).FirstOrDefault()
                ?? throw new InvalidOperationException("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.");
            return new Account(found[2], found[3]);
        }

        public override string ToString() => $"{User}:{Group}";
    }
}

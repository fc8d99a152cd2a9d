using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Hosting;

/// <summary>A SQLite file, which belongs to one server.</summary>
public sealed class SqliteDatabase(string connectionString) : ChatDatabase(Checked(connectionString)), IDisposable
{
    private readonly SqliteConnections _connections = new();

    /// <summary>The server's other entries in the folder of its database.</summary>
    private static readonly string[] s_ours = ["tls", "keys", "files", "lost+found"];

    private static readonly string[] s_suffixes = ["", "-wal", "-shm", "-journal"];

    private IReadOnlyList<string> _openToOthers = [];

    public override string Place => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    public override IReadOnlyList<string> OpenToOthers => _openToOthers;

    /// <summary>
    /// Makes the folder and switches the file to its write-ahead log, which stays set in the file. The file holds
    /// password hashes and all messages, so only the server's own user may read it. SQLite gives its mode to the files
    /// beside it.
    /// </summary>
    public override Task PrepareAsync(CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        Protect();
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var wal = connection.CreateCommand();
        wal.CommandTimeout = 5; // longer than a server that is just ending needs the file
        wal.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
        await wal.ExecuteNonQueryAsync(cancellation);
    });

    /// <inheritdoc/>
    /// <remarks>
    /// EF Core guards a migration on SQLite by a row in a table, which stays when the process is killed and would make every later start
    /// wait for ever. The file belongs to one server, so a row found at start is a leftover.
    /// </remarks>
    public override Task MigrateAsync(
        DbContext db, ILogger logger, CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        if (!(await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            return;
        await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock";""", cancellation);
        await db.Database.MigrateAsync(cancellation);
    });

    /// <inheritdoc/>
    public override void Watch() => _connections.Watch(ConnectionString);

    /// <summary>Ends <see cref="Watch"/>.</summary>
    public void Dispose() => _connections.Dispose();

    protected override void UseProvider(DbContextOptionsBuilder options, string migrationsTable)
    {
        options.UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable(migrationsTable));
        options.AddInterceptors(_connections);
    }

    private static string Checked(string connectionString)
    {
        var parsed = new SqliteConnectionStringBuilder(connectionString);
        return parsed.DataSource is "" or ":memory:" || parsed.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly
            ? throw new ArgumentException("it must name a file that can be written")
            : parsed.ConnectionString;
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (SqliteException e)
        {
            throw Unusable(SqliteErrors.Describe(e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e.Message, e);
        }
    }

    private void Protect()
    {
        var file = Path.GetFullPath(Place);
        var (folder, database) = (Path.GetDirectoryName(file)!, Path.GetFileName(file));
        PrivateFiles.MakeFolder(folder);
        // SQLite keeps its other files beside the file that a link leads to.
        var real = new FileInfo(file) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : file;
        if (new SqliteConnectionStringBuilder(ConnectionString).Mode is SqliteOpenMode.ReadWriteCreate)
            PrivateFiles.MakeFile(real);
        _openToOthers =
        [
            .. ((string?[])[PrivateFiles.ProtectFolder(folder,
                name => s_ours.Contains(name) || name.StartsWith(database, StringComparison.Ordinal)),
                .. s_suffixes.Select(suffix => PrivateFiles.Protect(real + suffix))]).OfType<string>(),
        ];
    }
}

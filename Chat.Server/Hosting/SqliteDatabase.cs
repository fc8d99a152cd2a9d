using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Hosting;

/// <summary>A SQLite file, which belongs to one server.</summary>
public sealed class SqliteDatabase(string connectionString) : ChatDatabase(Checked(connectionString)), IDisposable
{
    private readonly SqliteConnections _connections = new();

    public override string Place => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    /// <summary>Makes the folder and switches the file to its write-ahead log, which stays set in the file.</summary>
    public override Task PrepareAsync(CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(Place))!);
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
    public override Task MigrateAsync(DbContext db, CancellationToken cancellation = default) => GuardAsync(async () =>
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

    /// <summary>The file holds password hashes and keys: nobody else on the machine needs to look inside.</summary>
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder))
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

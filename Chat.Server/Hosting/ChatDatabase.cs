using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>Where everything is kept: the connection string <c>ConnectionStrings:Chat</c>. The only place that knows which database that is.</summary>
public sealed record ChatDatabase(string ConnectionString)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "ConnectionStrings:Chat";

    /// <summary>A file below the folder that the server runs in.</summary>
    public const string Default = "Data Source=data/chat.db";

    private static readonly BusyTimeout s_busyTimeout = new();

    private string File => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    /// <summary>Reads the key.</summary>
    /// <exception cref="StartException">It names no database that can be used.</exception>
    public static ChatDatabase From(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Chat") ?? Default;
        try
        {
            var parsed = new SqliteConnectionStringBuilder(text);
            if (parsed.DataSource is "" or ":memory:" || parsed.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly)
                throw new ArgumentException("it must name a file that can be written");
            return new ChatDatabase(parsed.ConnectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"{Key} is not a usable connection string: {e.Message}");
        }
    }

    /// <summary>Lets a context use it, with a migrations history of its own.</summary>
    public void Use(DbContextOptionsBuilder options, string migrationsTable)
    {
        options.UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable(migrationsTable));
        options.AddInterceptors(s_busyTimeout);
        // One line for every statement is for who looks for a fault in here, not for who runs a server.
        options.ConfigureWarnings(w => w.Log((RelationalEventId.CommandExecuted, LogLevel.Debug)));
    }

    /// <summary>Makes the folder and switches the file to its write-ahead log, which stays set in the file.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public Task PrepareAsync() => GuardAsync(async () =>
    {
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(File))!);
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        await using var wal = connection.CreateCommand();
        wal.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
        await wal.ExecuteNonQueryAsync();
    });

    /// <summary>Brings a context's tables up to date.</summary>
    /// <exception cref="StartException">The database does not allow it.</exception>
    public Task MigrateAsync(DbContext db, CancellationToken cancellation = default) => GuardAsync(() => db.BringUpToDateAsync(cancellation));

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (SqliteException e)
        {
            throw new StartException($"{Key} ({File}): {SqliteErrors.Describe(e.SqliteErrorCode)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{Key} ({File}): {e.Message}", e);
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

using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Log;

/// <summary>A SQLite database of a test, prepared as the server prepares it.</summary>
internal sealed class SqliteStore(string? folder = null) : IDbContextFactory<LogDb>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string File => Path.Combine(folder ?? _folder.Path, "chat.db");

    public string ConnectionString => $"Data Source={File}";

    private SqliteDatabase Database => new(ConnectionString);

    public LogDb CreateDbContext() => new(Database.Options<LogDb>(LogDb.MigrationsTable));

    public async Task<SqliteRoomLog> OpenAsync(TimeProvider? time = null)
    {
        await Database.PrepareAsync();
        await using (var db = CreateDbContext())
            await Database.MigrateAsync(db);
        return new SqliteRoomLog(ConnectionString, time ?? TimeProvider.System, NullLogger<SqliteRoomLog>.Instance);
    }

    /// <summary>A connection beside the log's own; not pooled, so that closing it closes it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"{ConnectionString};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Closes the log's own connections for good.</summary>
    public void ClosePool()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    public void Dispose()
    {
        ClosePool();
        _folder.Dispose();
    }
}

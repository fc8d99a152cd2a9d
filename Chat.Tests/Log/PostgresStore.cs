using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Postgres;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Chat.Tests.Log;

/// <summary>A PostgreSQL database for the tests of one class, prepared as the server prepares it.</summary>
public sealed class PostgresStore(SharedPostgres postgres) : IDbContextFactory<LogDb>, IAsyncLifetime
{
    private ChatDatabase? _database;

    public string ConnectionString => _database!.ConnectionString;

    /// <summary>Gives a database its tables.</summary>
    public static async Task<ChatDatabase> PrepareAsync(string connectionString)
    {
        var database = ChatDatabase.At(connectionString);
        await database.PrepareAsync();
        await using var db = LogDb.Migrating(database);
        await database.MigrateAsync(db);
        await RoomNameSearch.PrepareAsync(db, NullLogger.Instance, CancellationToken.None);
        return database;
    }

    public async ValueTask InitializeAsync() => _database = await PrepareAsync(await postgres.NewDatabaseAsync(TestContext.Current.CancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>For a test that counts on being alone.</summary>
    public Task EmptyAsync() =>
        ExecuteAsync("""
            TRUNCATE "Rooms", "Members", "Events", "Blocks", "HiddenRooms", "Requests", "RoomInvitations",
                "ConsentVersions"
            """);

    public LogDb CreateDbContext() => new(_database!.Options<LogDb>(LogDb.MigrationsTable));

    /// <summary>A connection beside the log's own.</summary>
    public Task<NpgsqlConnection> ConnectAsync() => ConnectAsync(ConnectionString);

    public static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new NpgsqlConnection($"{connectionString};Pooling=False;Application Name=test");
        await connection.OpenAsync();
        return connection;
    }

    public Task<object?> ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await ConnectAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <param name="logger">Takes the lines of the log; nobody does if null.</param>
    internal PostgresRoomLog Open(ILogger<PostgresRoomLog>? logger = null) => Open(ConnectionString, logger);

    internal static PostgresRoomLog Open(string connectionString, ILogger<PostgresRoomLog>? logger = null) =>
        new(connectionString, TimeProvider.System, logger ?? NullLogger<PostgresRoomLog>.Instance);
}

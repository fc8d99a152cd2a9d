using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Chat.Server.Hosting;

/// <summary>A PostgreSQL database, which the nodes of a cluster share.</summary>
public sealed class PostgresDatabase(string connectionString) : ChatDatabase(Checked(connectionString))
{
    /// <summary>The advisory lock under which tables are made: nodes may start at the same time. The number says nothing, but must stay.</summary>
    private const long MigrationLock = 0x63686174;

    public override string Place
    {
        get
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"{parsed.Database} on {parsed.Host}";
        }
    }

    /// <summary>Sees whether it answers.</summary>
    public override Task PrepareAsync(CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        await using var connection = await OpenAsync(cancellation);
    });

    /// <inheritdoc/>
    public override Task MigrateAsync(DbContext db, CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        await using var guard = await OpenAsync(cancellation);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(@lock)", guard) { CommandTimeout = 0 };
        take.Parameters.AddWithValue("lock", MigrationLock);
        await take.ExecuteNonQueryAsync(cancellation);
        await db.Database.MigrateAsync(cancellation);
    });

    protected override void UseProvider(DbContextOptionsBuilder options, string migrationsTable) =>
        options.UseNpgsql(ConnectionString, postgres => postgres.MigrationsHistoryTable(migrationsTable));

    private static string Checked(string connectionString)
    {
        var parsed = new NpgsqlConnectionStringBuilder(connectionString);
        if (string.IsNullOrEmpty(parsed.Host) || string.IsNullOrEmpty(parsed.Database))
            throw new ArgumentException("it must name a Host and a Database");
        parsed.ApplicationName ??= "chat";
        return parsed.ConnectionString;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PostgresException e)
        {
            throw Unusable(e.MessageText, e);
        }
        catch (NpgsqlException e)
        {
            throw Unusable(e.InnerException?.Message ?? e.Message, e);
        }
    }
}

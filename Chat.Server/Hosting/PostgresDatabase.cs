using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Chat.Server.Hosting;

/// <summary>A PostgreSQL database, which the nodes of a cluster share.</summary>
public sealed class PostgresDatabase(string connectionString) : ChatDatabase(Checked(connectionString))
{
    /// <summary>The advisory lock under which tables are made: nodes may start at the same time. The number says nothing, but must stay.</summary>
    private const long MigrationLock = 0x63686174;

    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>The oldest version that is tried and still maintained by those who make it.</summary>
    public const int LeastVersion = 14;

    public override string Place
    {
        get
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"{parsed.Database} on {parsed.Host}:{parsed.Port}";
        }
    }

    /// <summary>Sees whether it answers and is what we need.</summary>
    public override Task PrepareAsync(CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        await using var connection = await OpenAsync(cancellation);
        if (connection.PostgreSqlVersion.Major < LeastVersion)
            throw Unusable($"PostgreSQL {LeastVersion} or newer is needed; this is {connection.PostgreSqlVersion}");
        await using var encoding = new NpgsqlCommand("SHOW server_encoding", connection);
        if (await encoding.ExecuteScalarAsync(cancellation) is string name and not "UTF8")
            throw Unusable($"the database must keep text as UTF8, not as {name} (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)");
    });

    /// <inheritdoc/>
    /// <remarks>
    /// Nodes of the version before go on meanwhile. A change of a table that waits for somebody who only reads it, such
    /// as a backup, would hold up all statements that come after it: it gives up soon, lets them pass, and tries again.
    /// </remarks>
    public override Task MigrateAsync(
        DbContext db, ILogger logger, CancellationToken cancellation = default) => GuardAsync(async () =>
    {
        await using var guard = await OpenAsync(cancellation);
        // Tries the lock again and again instead of waiting for it inside a statement. CREATE INDEX CONCURRENTLY on
        // another node waits for all running statements. A statement that waited for the lock would wait for that node,
        // and that node for the statement.
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(@lock)", guard);
        take.Parameters.AddWithValue("lock", MigrationLock);
        while (await take.ExecuteScalarAsync(cancellation) is not true)
            await Task.Delay(s_betweenTries, cancellation);
        db.Database.SetCommandTimeout(0); // an index over many events takes its time
        var waiting = false;
        // Asked first: EF Core locks its own table even where nothing is to be done, and a backup reads that, too.
        while ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
        {
            try
            {
                await MigrateOnceAsync(db, cancellation);
            }
            catch (Exception e) when (DatabaseErrors.IsInEachOthersWay(e))
            {
                if (!waiting)
                    logger.MigrationWaits(DatabaseErrors.Describe(e));
                waiting = true;
                await Task.Delay(OnlineMigrations.LockPatience, cancellation);
            }
        }
    });

    private static async Task MigrateOnceAsync(DbContext db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation); // the setting belongs to the connection
        try
        {
            await db.Database.ExecuteSqlRawAsync(OnlineMigrations.PatienceSql, cancellation);
            await db.Database.MigrateAsync(cancellation);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    protected override void UseProvider(DbContextOptionsBuilder options, string migrationsTable) =>
        options.UseNpgsql(ConnectionString, postgres => postgres.MigrationsHistoryTable(migrationsTable));

    /// <summary>
    /// What is not said gets values for a server among several: few connections each, since all nodes share the database's, and no waiting that is
    /// longer than people's. Of several hosts, the one that can be written to.
    /// </summary>
    private static string Checked(string connectionString)
    {
        var said = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var parsed = new NpgsqlConnectionStringBuilder(connectionString);
        if (string.IsNullOrEmpty(parsed.Host) || string.IsNullOrEmpty(parsed.Database))
            throw new ArgumentException("it must name a Host and a Database");
        parsed.ApplicationName ??= "chat";
        if (parsed.Host.Contains(',', StringComparison.Ordinal) && !Says("Target Session Attributes", "TargetSessionAttributes"))
            parsed.TargetSessionAttributes = "read-write";
        if (!Says("Timeout"))
            parsed.Timeout = 5;
        if (!Says("Command Timeout", "CommandTimeout"))
            parsed.CommandTimeout = 10;
        if (!Says("Maximum Pool Size", "Max Pool Size", "MaxPoolSize"))
            parsed.MaxPoolSize = 16;
        return parsed.ConnectionString;

        bool Says(params string[] names) => names.Any(said.ContainsKey);
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
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw Unusable(DatabaseErrors.Describe(e), e);
        }
    }
}

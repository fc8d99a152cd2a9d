using System.Diagnostics;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Rooms;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Chat.Tests.Hosting;

/// <summary>Migrations of PostgreSQL run beside nodes of the version before, and beside backups.</summary>
public sealed class OnlineMigrationTests(SharedPostgres postgres)
{
    private const string Before = "MembersByName";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Rooms")]
    [InlineData("Events")]
    [InlineData("__LogMigrations")]
    public async Task Statements_of_older_nodes_go_on_while_a_backup_keeps_a_migration_waiting(string table)
    {
        var (database, connectionString) = await OlderAsync();
        await using var backup = await PostgresStore.ConnectAsync(connectionString);
        await using var reading = await backup.BeginTransactionAsync(Ct);
        await ExecuteAsync(backup, $"LOCK TABLE \"{table}\" IN ACCESS SHARE MODE");
        using var logging = new LoggerFactory();
        var log = new CapturedLog();
        logging.AddProvider(log);

        await using var db = LogDb.Migrating(database);
        var migrating = database.MigrateAsync(db, logging.CreateLogger("migration"), Ct);
        await using var node = await PostgresStore.ConnectAsync($"{connectionString};Command Timeout=30");
        var longest = TimeSpan.Zero;
        await Eventually.TrueAsync(async () =>
        {
            var started = Stopwatch.GetTimestamp();
            await ExecuteAsync(node, "UPDATE \"Rooms\" SET \"Head\" = \"Head\" WHERE \"Id\" = 'room'");
            await ExecuteAsync(node, "SELECT count(*) FROM \"Events\" WHERE \"RoomId\" = 'room'");
            var took = Stopwatch.GetElapsedTime(started);
            longest = took > longest ? took : longest;
            return log.Lines.Any(l => l.Id.Id == 9014);
        }, TimeSpan.FromSeconds(30), Ct, "the migration says that it waits");

        Assert.False(migrating.IsCompleted);
        // Two statements, and the machine may be busy. Without a limit it would be as long as the backup.
        Assert.InRange(longest, TimeSpan.Zero, 3 * OnlineMigrations.LockPatience);
        await reading.RollbackAsync(Ct);
        await migrating.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Ct));
    }

    [Fact]
    public async Task A_server_of_this_version_starts_again_while_a_backup_reads()
    {
        var connectionString = await postgres.NewDatabaseAsync(Ct);
        var database = await PostgresStore.PrepareAsync(connectionString);
        await using (var accounts = AccountsDb.Migrating(database))
            await database.MigrateAsync(accounts, Ct);
        await using var backup = await PostgresStore.ConnectAsync(connectionString);
        await using var reading = await backup.BeginTransactionAsync(Ct);
        await ExecuteAsync(backup, "LOCK TABLE \"__LogMigrations\", \"Rooms\" IN ACCESS SHARE MODE");

        await PostgresStore.PrepareAsync(connectionString).WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    [Fact]
    public async Task Rooms_that_were_never_counted_are_counted_by_whoever_writes_first_and_the_others_in_the_background()
    {
        var (database, connectionString) = await OlderAsync();
        await using var older = await PostgresStore.ConnectAsync(connectionString);
        await ExecuteAsync(older,
            """
            INSERT INTO "Rooms" ("Id", "Kind", "Name", "NameKey", "Topic", "Head")
                SELECT 'room' || n, 0, 'r', 'r', '', 3 FROM generate_series(1, 450) n;
            INSERT INTO "Members" ("RoomId", "UserId", "UserName", "Owner", "JoinSeq", "LeftSeq", "ReadUpTo")
                SELECT r."Id", p, p, false, 1, CASE p WHEN 'cid' THEN 3 END, 1
                FROM "Rooms" r CROSS JOIN unnest(ARRAY['ann', 'bob', 'cid']) p;
            """);
        await using (var db = LogDb.Migrating(database))
            await database.MigrateAsync(db, Ct);
        Assert.Equal(0L, await ExecuteAsync(older, "SELECT count(\"MemberCount\") FROM \"Rooms\""));
        using (var log = PostgresStore.Open(connectionString))
            await log.AppendAsync("room7", new UserRef("ann", "ann"), [PostgresNodesTests.Say("first")]);
        Assert.Equal("2 4", await ExecuteAsync(
            older, "SELECT \"MemberCount\" || ' ' || \"CountedAt\" FROM \"Rooms\" WHERE \"Id\" = 'room7'"));

        // Another node writes to this one at this moment.
        await using var writer = await PostgresStore.ConnectAsync(connectionString);
        await using var writing = await writer.BeginTransactionAsync(Ct);
        await ExecuteAsync(writer, "SELECT 1 FROM \"Rooms\" WHERE \"Id\" = 'room8' FOR UPDATE");
        using var counts = new RoomCounts(
            new Contexts(database), database, new ClusterFeatures(alone: true), TimeProvider.System,
            NullLogger<RoomCounts>.Instance);
        await counts.StartAsync(Ct);
        const string Uncounted = "SELECT count(*) FROM \"Rooms\" WHERE \"MemberCount\" IS NULL";
        await Eventually.TrueAsync(
            async () => (long)(await ExecuteAsync(older, Uncounted))! == 1, TimeSpan.FromSeconds(20), Ct,
            "all others are counted");
        await counts.StopAsync(Ct);

        Assert.Equal(2L, await ExecuteAsync(
            older, "SELECT DISTINCT \"MemberCount\" FROM \"Rooms\" WHERE \"MemberCount\" IS NOT NULL"));
        Assert.Equal(0L, await ExecuteAsync(older, "SELECT count(*) FROM \"Rooms\" WHERE \"CountedAt\" <> \"Head\""));
    }

    /// <summary>A database as the version before left it, with one room.</summary>
    private async Task<(ChatDatabase Database, string ConnectionString)> OlderAsync()
    {
        var database = ChatDatabase.At(await postgres.NewDatabaseAsync(Ct));
        await using var db = LogDb.Migrating(database);
        await db.GetService<IMigrator>().MigrateAsync(Before, Ct);
        await PostgresStore.ExecuteAsync(
            database.ConnectionString,
            """
            INSERT INTO "Rooms" ("Id", "Kind", "Name", "NameKey", "Topic", "Head")
            VALUES ('room', 0, 'r', 'r', '', 0)
            """);
        return (database, database.ConnectionString);
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private sealed class Contexts(ChatDatabase database) : IDbContextFactory<LogDb>
    {
        public LogDb CreateDbContext() => new(database.Options<LogDb>(LogDb.MigrationsTable));
    }
}

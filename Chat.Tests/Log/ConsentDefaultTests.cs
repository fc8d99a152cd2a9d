using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Chat.Tests.Log;

/// <summary>A database that was used before strangers had to ask goes on without it.</summary>
public sealed class ConsentDefaultTests(SharedPostgres postgres)
{
    private const string Room =
        "INSERT INTO \"Rooms\" (\"Id\", \"Kind\", \"Name\", \"NameKey\", \"Topic\", \"Head\") VALUES ('r', 0, 'r', 'r', '', 0)";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, true)]
    [InlineData(Room, false)]
    [InlineData("CREATE TABLE \"Accounts\" (\"Id\" text)", false)]
    public async Task On_SQLite(string? used, bool expected)
    {
        using var folder = new TemporaryFolder();
        await ExpectAsync(ChatDatabase.At($"Data Source={folder.File("chat.db")};Pooling=False"), used, expected);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(Room, false)]
    [InlineData("CREATE TABLE \"Accounts\" (\"Id\" text)", false)]
    public async Task On_PostgreSQL(string? used, bool expected) =>
        await ExpectAsync(ChatDatabase.At(await postgres.NewDatabaseAsync(Ct)), used, expected);

    private static async Task ExpectAsync(ChatDatabase database, string? used, bool expected)
    {
        await database.PrepareAsync(Ct);
        await using var db = LogDb.Migrating(database);
        await db.GetService<IMigrator>().MigrateAsync("MembersByName", Ct);
        if (used is not null)
            await db.Database.ExecuteSqlRawAsync(used, Ct);
        await database.MigrateAsync(db, Ct);
        Assert.Equal(expected, (await db.RoomSettings.SingleAsync(Ct)).Consent);
    }
}

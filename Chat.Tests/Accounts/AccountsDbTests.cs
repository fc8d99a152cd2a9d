using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class AccountsDbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-db-").FullName;

    [Fact]
    public void The_migrations_make_the_tables_that_the_code_expects()
    {
        using (var db = Open())
            Assert.False(db.Database.HasPendingModelChanges());
        using (var postgres = AccountsDb.Migrating(ChatDatabase.At("Host=localhost;Database=chat")))
            Assert.False(postgres.Database.HasPendingModelChanges());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_was_killed_while_it_migrated_starts_again()
    {
        await using var db = Open();
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
            """,
            TestContext.Current.CancellationToken);
        await Database.MigrateAsync(db, TestContext.Current.CancellationToken);
        Assert.Empty(await db.Users.ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            ["__AccountsMigrations"],
            await db.Database.SqlQuery<string>($"SELECT name AS Value FROM sqlite_master WHERE name LIKE '\\_\\_%Migrations' ESCAPE '\\'")
                .ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_connection_string_that_is_not_known_is_named()
    {
        var error = Assert.Throws<StartException>(() => ChatDatabase.From(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Chat"] = "Nonsense=1" }).Build()));
        Assert.Contains("ConnectionStrings:Chat", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private ChatDatabase Database => ChatDatabase.At($"Data Source={Path.Combine(_folder, "chat.db")}");

    private AccountsDb Open() => AccountsDb.Migrating(Database);
}

using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Hosting;

public sealed class PostgresDatabaseTests(SharedPostgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_start_at_the_same_time_make_the_tables_once()
    {
        var database = ChatDatabase.At(await postgres.NewDatabaseAsync(Ct));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await database.PrepareAsync(Ct);
            await using var log = LogDb.Migrating(database);
            await database.MigrateAsync(log, Ct);
            await using var accounts = AccountsDb.Migrating(database);
            await database.MigrateAsync(accounts, Ct);
        }));

        await using var db = LogDb.Migrating(database);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Ct));
        Assert.Empty(await db.Rooms.ToListAsync(Ct));
    }
}

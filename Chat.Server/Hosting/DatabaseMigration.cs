using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Chat.Server.Hosting;

/// <summary>Applies migrations so that a server killed in the middle of one can start again.</summary>
public static class DatabaseMigration
{
    /// <summary>
    /// Applies what is pending; touches nothing where nothing is. EF Core guards a migration on SQLite by a row in a table, which
    /// stays when the process is killed and would make every later start wait for ever. A SQLite file belongs to one server, so a row
    /// found at start is a leftover.
    /// </summary>
    public static async Task BringUpToDateAsync(this DbContext db, CancellationToken cancellation)
    {
        if (!(await db.Database.GetPendingMigrationsAsync(cancellation)).Any()) return;
        if (db.Database.IsSqlite()) await RemoveLeftoverLockAsync(db, cancellation);
        await db.Database.MigrateAsync(cancellation);
    }

    private static Task<int> RemoveLeftoverLockAsync(DbContext db, CancellationToken cancellation) =>
        db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock";""", cancellation);
}

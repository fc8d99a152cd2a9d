using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts.Names;

/// <summary>
/// Fills in the look of names where an older version wrote the row. After the start it fills in all rows; before each
/// registration it fills in rows that older nodes have added meanwhile. Accounts that look alike already keep their
/// names; neither owns the look alone.
/// </summary>
internal sealed class NameLooks(IDbContextFactory<AccountsDb> databases, TimeProvider time, ILogger<NameLooks> logger)
    : BackgroundService
{
    /// <summary>The most rows that a registration fills in, so that nobody waits long for it.</summary>
    public const int FewMissing = 50;

    private const int Batch = 500;
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    /// <summary>Fills in at most so many rows, in one transaction; answers with how many it found.</summary>
    public static async Task<int> FillInAsync(AccountsDb db, int most, CancellationToken cancellation)
    {
        // PostgreSQL uses the index of rows without a look if the statement asks for the index's order; SQLite would
        // sort.
        var missing = await db.Database.SqlQuery<Missing>(db.Database.IsNpgsql()
            ? (FormattableString)
                $"""
                 SELECT "Id", "UserName" AS "Name" FROM "Accounts" WHERE "NameLook" IS NULL
                 ORDER BY "Id" LIMIT {most}
                 """
            : $"""SELECT "Id", "UserName" AS "Name" FROM "Accounts" WHERE "NameLook" IS NULL LIMIT {most}""")
            .ToListAsync(cancellation);
        if (missing.Count == 0) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // All nodes update in the same order, so that two nodes do not wait for each other's rows.
        foreach (var account in missing.OrderBy(a => a.Id, StringComparer.Ordinal))
        {
            var look = NameLook.KeyOf(account.Name ?? "");
            await db.Users.Where(a => a.Id == account.Id && a.NameLook == null)
                .ExecuteUpdateAsync(a => a.SetProperty(r => r.NameLook, look), cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return missing.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var all = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(stoppingToken);
                var found = await FillInAsync(db, Batch, stoppingToken);
                all += found;
                if (found < Batch) break;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.NamesNotCompared(e);
                await Task.Delay(s_retry, time, stoppingToken);
            }
        }
        if (all > 0) logger.NamesCompared(all);
    }

    private sealed record Missing(string Id, string? Name);
}

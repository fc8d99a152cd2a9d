using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts.Names;

/// <summary>
/// Fills in what the names of accounts look like where an older version has written the row: all of them after the
/// start, and what older nodes add meanwhile before each registration. Accounts that look alike already keep their
/// names; neither owns the look alone.
/// </summary>
internal sealed class NameLooks(IDbContextFactory<AccountsDb> databases, TimeProvider time, ILogger<NameLooks> logger)
    : BackgroundService
{
    /// <summary>Rows that a registration fills in at most, so that it takes no longer than people wait.</summary>
    public const int FewMissing = 50;

    private const int Batch = 500;
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    /// <summary>Fills in at most so many rows, in one transaction; answers with how many it found.</summary>
    public static async Task<int> FillInAsync(AccountsDb db, int most, CancellationToken cancellation)
    {
        // PostgreSQL takes the index that holds only those that are missing if it is asked for its order; SQLite would
        // sort.
        var missing = await db.Database.SqlQuery<Missing>(db.Database.IsNpgsql()
            ? (FormattableString)$"""SELECT "Id", "UserName" AS "Name" FROM "Accounts" WHERE "NameLook" IS NULL ORDER BY "Id" LIMIT {most}"""
            : $"""SELECT "Id", "UserName" AS "Name" FROM "Accounts" WHERE "NameLook" IS NULL LIMIT {most}""")
                .ToListAsync(cancellation);
        if (missing.Count == 0) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // In one order, so that two nodes that do the same do not wait for each other's rows.
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
            catch (Exception e) when (DatabaseErrors.IsFrom(e))
            {
                logger.NamesNotCompared(e);
                await Task.Delay(s_retry, time, stoppingToken);
            }
        }
        if (all > 0) logger.NamesCompared(all);
    }

    private sealed record Missing(string Id, string? Name);
}

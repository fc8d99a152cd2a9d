using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Rooms;

/// <summary>
/// Fills in the kinds of members whose rows an older node wrote, from their accounts. It runs once after the start, in
/// small batches along the primary key, so that writers never wait long. A row that an older node writes later waits
/// for the next start.
/// </summary>
internal sealed class MemberKinds(IDbContextFactory<LogDb> databases, ChatDatabase database, TimeProvider time,
    ILogger<MemberKinds> logger)
    : BackgroundService
{
    private const int Batch = 1_000;
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    // The column holds the numbers of UserKind; the accounts' table holds its names.
    private const string KindSql = "CASE a.\"Kind\" WHEN 'Guest' THEN 0 WHEN 'Member' THEN 1 WHEN 'Bot' THEN 2 END";
    private const string MissingSql =
        "\"UserKind\" IS NULL AND (\"RoomId\", \"UserId\") > ({0}, {1}) AND (\"RoomId\", \"UserId\") <= ({2}, {3})";

    private const string SqliteSql =
        $"UPDATE \"Members\" SET \"UserKind\" = (SELECT {KindSql} FROM \"Accounts\" a WHERE a.\"Id\" = \"UserId\") WHERE {MissingSql}";

    // The statement skips a row that a writer has locked, because two statements that wait for each other's rows would
    // be a deadlock.
    private const string PostgresSql =
        $"UPDATE \"Members\" m SET \"UserKind\" = k.kind FROM (SELECT o.\"RoomId\", o.\"UserId\", {KindSql} AS kind FROM "
        + $"(SELECT \"RoomId\", \"UserId\" FROM \"Members\" WHERE {MissingSql} FOR UPDATE SKIP LOCKED) o JOIN \"Accounts\" a ON a.\"Id\" = o.\"UserId\") k "
        + "WHERE m.\"RoomId\" = k.\"RoomId\" AND m.\"UserId\" = k.\"UserId\"";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (after, filled) = (new Key("", ""), 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (last, count) = await FillAsync(after, stoppingToken);
                filled += count;
                if (last is null)
                    break;
                after = last;
            }
            catch (Exception e) when (DatabaseErrors.IsFrom(e))
            {
                logger.KindsNotFilled(e);
                await Task.Delay(s_retry, time, stoppingToken);
            }
        }
        if (filled > 0)
            logger.KindsFilled(filled);
    }

    /// <summary>Fills in one batch of rows after a key. Returns the batch's last key; null if there was no
    /// row.</summary>
    private async Task<(Key? Last, int Filled)> FillAsync(Key after, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var batch = await db.Database.SqlQuery<Key>(
            $"""
             SELECT "RoomId", "UserId" FROM "Members" WHERE ("RoomId", "UserId") > ({after.RoomId}, {after.UserId})
             ORDER BY "RoomId", "UserId" LIMIT {Batch}
             """).ToListAsync(cancellation);
        if (batch.Count == 0)
            return (null, 0);
        var last = batch[^1];
        var sql = database is PostgresDatabase ? PostgresSql : SqliteSql;
        return (last, await db.Database.ExecuteSqlRawAsync(sql, [after.RoomId, after.UserId, last.RoomId, last.UserId],
            cancellation));
    }

    private sealed record Key(string RoomId, string UserId);
}

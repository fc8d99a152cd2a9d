using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Rooms;

/// <summary>
/// Counts the members of rooms that an older node made, on PostgreSQL; on SQLite a migration has done so. Writing to
/// such a room counts them, too: this is for the list of public rooms, which would show none.
/// </summary>
internal sealed class RoomCounts(
    IDbContextFactory<LogDb> databases, ChatDatabase database, ClusterFeatures features, TimeProvider time,
    ILogger<RoomCounts> logger)
    : Backfill("counts of members", features, time, logger)
{
    /// <summary>Rooms that are locked at once.</summary>
    private const int Batch = 200;

    private string _after = "";

    protected override void Restart() => _after = "";

    protected override async Task<int?> FillAsync(CancellationToken cancellation)
    {
        if (database is not PostgresDatabase)
            return null;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var batch = await db.Database.SqlQuery<string>(
            $"""SELECT "Id" AS "Value" FROM "Rooms" WHERE "Id" > {_after} ORDER BY "Id" LIMIT {Batch}""")
            .ToListAsync(cancellation);
        if (batch.Count == 0)
            return null;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // A statement of its own: the next one sees what was committed before the locks, so that count and head belong
        // together. A room that is being written to is counted by its writer.
        var rooms = await db.Database.SqlQuery<string>(
            $"""
             SELECT "Id" AS "Value" FROM "Rooms" WHERE "Id" > {_after} AND "Id" <= {batch[^1]} AND "MemberCount" IS NULL FOR UPDATE SKIP LOCKED
             """).ToArrayAsync(cancellation);
        if (rooms.Length > 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                 UPDATE "Rooms" r SET "CountedAt" = r."Head",
                     "MemberCount" = (SELECT count(*) FROM "Members" m WHERE m."RoomId" = r."Id" AND m."LeftSeq" IS NULL)
                 WHERE r."Id" = ANY({rooms})
                 """, cancellation);
        }
        await transaction.CommitAsync(cancellation);
        _after = batch[^1];
        return rooms.Length;
    }
}

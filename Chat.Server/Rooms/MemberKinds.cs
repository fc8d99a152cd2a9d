using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Rooms;

/// <summary>
/// Fills in the kinds of members whose rows an older node wrote, from their accounts, along the primary key.
/// </summary>
internal sealed class MemberKinds(
    IDbContextFactory<LogDb> databases, ChatDatabase database, ClusterFeatures features, TimeProvider time,
    ILogger<MemberKinds> logger)
    : Backfill("kinds of members", features, time, logger)
{
    private const int Batch = 1_000;

    // The column holds the numbers of UserKind; the accounts' table holds its names.
    private const string KindSql = "CASE a.\"Kind\" WHEN 'Guest' THEN 0 WHEN 'Member' THEN 1 WHEN 'Bot' THEN 2 END";

    private const string SqliteSql =
        $"""
         UPDATE "Members" SET "UserKind" = (SELECT {KindSql} FROM "Accounts" a WHERE a."Id" = "UserId")
         WHERE "UserKind" IS NULL AND ("RoomId", "UserId") > ({"{0}, {1}"}) AND ("RoomId", "UserId") <= ({"{2}, {3}"})
         """;

    // One look into an index for each row, whatever the planner thinks of the tables. A row that a writer has locked is
    // left out: two statements that wait for each other's rows would be a deadlock.
    private const string PostgresSql =
        $"""
         UPDATE "Members" m SET "UserKind" = (SELECT {KindSql} FROM "Accounts" a WHERE a."Id" = m."UserId" LIMIT 1)
         WHERE m.ctid = ANY(ARRAY(
             SELECT o.place FROM unnest({"{0}, {1}"}) AS k(room, person) CROSS JOIN LATERAL (
                 SELECT ctid AS place FROM "Members" WHERE "RoomId" = k.room AND "UserId" = k.person AND "UserKind" IS NULL
                 LIMIT 1 FOR UPDATE SKIP LOCKED) o
             WHERE (SELECT a."Kind" FROM "Accounts" a WHERE a."Id" = k.person LIMIT 1) IS NOT NULL))
         """;

    private Key _after = new("", "");

    protected override void Restart() => _after = new Key("", "");

    protected override async Task<int?> FillAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var batch = await db.Database.SqlQuery<Key>(
            $"""
             SELECT "RoomId", "UserId" FROM "Members" WHERE ("RoomId", "UserId") > ({_after.RoomId}, {_after.UserId})
             ORDER BY "RoomId", "UserId" LIMIT {Batch}
             """).ToListAsync(cancellation);
        if (batch.Count == 0)
            return null;
        var last = batch[^1];
        var filled = database is PostgresDatabase
            ? await db.Database.ExecuteSqlRawAsync(
                PostgresSql, [batch.Select(m => m.RoomId).ToArray(), batch.Select(m => m.UserId).ToArray()],
                cancellation)
            : await db.Database.ExecuteSqlRawAsync(
                SqliteSql, [_after.RoomId, _after.UserId, last.RoomId, last.UserId], cancellation);
        _after = last;
        return filled;
    }

    private sealed record Key(string RoomId, string UserId);
}

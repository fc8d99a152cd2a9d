using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Finds the requests, invitations and blocks that nodes of an earlier version passed over, because they do not know
/// them. It reads a batch at a time, along the primary keys.
/// </summary>
public sealed partial class ConsentCatalog
{
    /// <summary>Rows in one batch.</summary>
    private const int Batch = 100;

    /// <summary>Counts the messages of the person {1} among the first 10,000 events of the room {0}.</summary>
    private const string AnswerSql =
        """
        SELECT count(*) AS "Value" FROM
          (SELECT "SenderId", "Type" FROM "Events" WHERE "RoomId" = {0} ORDER BY "Seq" LIMIT 10000) AS few
        WHERE few."SenderId" = {1} AND few."Type" = 'message'
        """;

    /// <summary>
    /// Requests in which the person who was asked has said something; each is the id of the room, and of that person.
    /// </summary>
    internal Task<ConsentBatch> AnsweredRequestsAsync(ConsentKey after) => ReadAsync(null, async db =>
    {
        var rows = await db.Database.SqlQuery<ConsentKey>(
            $"""
             SELECT "RoomId" AS "First", "ToId" AS "Second" FROM "Requests" WHERE "RoomId" > {after.First}
             ORDER BY "RoomId" LIMIT {Batch}
             """).ToListAsync();
        var due = new List<ConsentKey>();
        foreach (var row in rows)
        {
            if (await db.Database.SqlQueryRaw<long>(AnswerSql, row.First, row.Second).SingleAsync() > 0)
                due.Add(row);
        }
        return new ConsentBatch(rows.LastOrDefault(), due);
    });

    /// <summary>Invitations of people who are in the room; each is the id of the person, and of the room.</summary>
    internal Task<ConsentBatch> InvitationsOfMembersAsync(ConsentKey after) => ReadAsync(null, async db =>
    {
        var rows = await db.Database.SqlQuery<ConsentKey>(
            $"""
             SELECT "UserId" AS "First", "RoomId" AS "Second" FROM "RoomInvitations"
             WHERE ("UserId", "RoomId") > ({after.First}, {after.Second}) ORDER BY "UserId", "RoomId" LIMIT {Batch}
             """).ToListAsync();
        var due = new List<ConsentKey>();
        foreach (var row in rows)
        {
            if (await db.Members.AnyAsync(m => m.RoomId == row.Second && m.UserId == row.First && m.LeftSeq == null))
                due.Add(row);
        }
        return new ConsentBatch(rows.LastOrDefault(), due);
    });

    /// <summary>
    /// Blocks beside which there is a direct room that is not hidden; each is the id of one person, and of the other.
    /// </summary>
    internal Task<ConsentBatch> ShownBlocksAsync(ConsentKey after) => ReadAsync(null, async db =>
    {
        var rows = await db.Database.SqlQuery<ConsentKey>(
            $"""
             SELECT "UserId" AS "First", "OtherId" AS "Second" FROM "Blocks"
             WHERE ("UserId", "OtherId") > ({after.First}, {after.Second}) ORDER BY "UserId", "OtherId" LIMIT {Batch}
             """).ToListAsync();
        var due = new List<ConsentKey>();
        foreach (var row in rows)
        {
            var key = Appender.DirectKey(row.First, row.Second);
            if (await db.Rooms.Where(r => r.DirectKey == key).Select(r => r.Id).FirstOrDefaultAsync() is { } room
                && !await db.HiddenRooms.AnyAsync(h => h.UserId == row.First && h.RoomId == room))
                due.Add(row);
        }
        return new ConsentBatch(rows.LastOrDefault(), due);
    });
}

/// <summary>The primary key of a row, or its beginning and something else.</summary>
internal sealed record ConsentKey(string First, string Second);

/// <param name="Last">Of the rows that were looked at, the last; null if there was none.</param>
/// <param name="Due">Those that have to be changed.</param>
internal sealed record ConsentBatch(ConsentKey? Last, IReadOnlyList<ConsentKey> Due);

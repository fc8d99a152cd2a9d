using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// The catalog's statements that LINQ cannot say: each answers for many rooms at once, and for each room reads a
/// bounded range of an index. SQLite is told the index, because without statistics it prefers any part of a primary
/// key. Parameters are EF Core's, <c>{0}</c> and so on.
/// </summary>
internal static class RoomSql
{
    /// <summary>
    /// The key of IX_Events_Unread on SQLite. With this expression in its key the index covers the count.
    /// </summary>
    public const string UnreadSender = "CASE WHEN \"Type\" = 'message' AND \"Body\" IS NOT NULL THEN \"SenderId\" END";

    /// <summary>
    /// Unread messages of many rooms, as <see cref="UnreadRow"/>. The bound lies inside the count, so that a person's
    /// own messages are not read beyond it. SQLite: {0} JSON of [[room, after, upTo]], {1} the person. PostgreSQL: {0}
    /// {1} {2} arrays of the same, {3} the person.
    /// </summary>
    public static string Unread(DbContext db) => db.Database.IsNpgsql() ? PostgresUnread : SqliteUnread;

    /// <summary>
    /// The newest unread messages of a room after a number, newest first, as <see cref="UnreadText"/>. {0} room, {1}
    /// the number.
    /// </summary>
    public static string UnreadTexts(DbContext db) => db.Database.IsNpgsql() ? PostgresUnreadTexts : SqliteUnreadTexts;

    /// <summary>
    /// The first members by name of many rooms, and the owner of each, as rows of Members; the owner may come twice.
    /// {0}: JSON of the ids, or an array.
    /// </summary>
    public static string FirstMembers(DbContext db) =>
        db.Database.IsNpgsql() ? PostgresFirstMembers : SqliteFirstMembers;

    /// <summary>Present members after a name and an id. {0} room, {1} name, {2} id, {3} how many.</summary>
    public static string MemberPage(DbContext db) => db.Database.IsNpgsql() ? PostgresMemberPage : SqliteMemberPage;

    /// <summary>
    /// Public rooms whose names contain {0}, except those of the person {1}: by name, among the first that the index of
    /// trigrams finds.
    /// </summary>
    public static string FoundByTrigrams(DbContext db) =>
        db.Database.IsNpgsql() ? PostgresByTrigrams : SqliteByTrigrams;

    /// <summary>
    /// Of the rooms {0}, JSON of the ids or an array, those that the person {1} has left, as <see cref="LeftRow"/>.
    /// </summary>
    public static string Left(DbContext db) => db.Database.IsNpgsql() ? PostgresLeft : SqliteLeft;

    /// <summary>The rooms that the person {0} left last, the last one first, as <see cref="LeftRow"/>.</summary>
    public static string LastLeft(DbContext db) =>
        $$"""
        SELECT "RoomId", coalesce("LeftSeq", 0) AS "LeftSeq", "LeftAt" FROM "Members"
            {{(db.Database.IsNpgsql() ? "" : "INDEXED BY \"IX_Members_UserId_LeftAt\"")}}
        WHERE "UserId" = {0} AND "LeftAt" IS NOT NULL ORDER BY "LeftAt" DESC LIMIT {{s_lastLeft}}
        """;

    /// <summary>
    /// The present memberships of the people {0}, JSON of the ids or an array, and of each the last that have ended, as
    /// <see cref="Membership"/>.
    /// </summary>
    public static string Memberships(DbContext db) => db.Database.IsNpgsql() ? PostgresMemberships : SqliteMemberships;

    /// <summary>The number of a room's newest change of name or topic, as Value. {0} room.</summary>
    public static string LastChange(DbContext db) =>
        $$"""
        SELECT "Seq" AS "Value" FROM "Events" {{(db.Database.IsNpgsql() ? "" : "INDEXED BY \"IX_Events_RoomChanges\"")}}
        WHERE "RoomId" = {0} AND "Type" = 'room' ORDER BY "Seq" DESC LIMIT 1
        """;

    /// <summary>
    /// The members of a room in which an old node has written, as <see cref="CountRow"/>: the stored count with the
    /// joins and leaves after it, or, where they were never counted, all that are present.
    /// </summary>
    public const string MissedChanges =
        """
        SELECT r."Id" AS "RoomId", CAST(CASE WHEN r."MemberCount" IS NULL
            THEN (SELECT count(*) FROM "Members" m WHERE m."RoomId" = r."Id" AND m."LeftSeq" IS NULL)
            ELSE r."MemberCount" + (
                SELECT coalesce(sum(CASE e."Type" WHEN 'join' THEN 1 WHEN 'leave' THEN -1 ELSE 0 END), 0)
                FROM "Events" e WHERE e."RoomId" = r."Id" AND e."Seq" > r."CountedAt") END AS bigint) AS "Count"
        FROM "Rooms" r WHERE r."Id" = {0}
        """;

    private static readonly string s_maxUnread = RoomCatalog.MaxUnread.ToString(CultureInfo.InvariantCulture);
    private static readonly string s_lastLeft = RoomCatalog.LastLeft.ToString(CultureInfo.InvariantCulture);
    private static readonly string s_maxMembers = RoomCatalog.MaxMembers.ToString(CultureInfo.InvariantCulture);
    private static readonly string s_maxLooked = RoomCatalog.MaxLooked.ToString(CultureInfo.InvariantCulture);

    private static readonly string SqliteUnread =
        $$"""
        SELECT json_extract(k.value, '$[0]') AS "RoomId", (SELECT count(*) FROM (
            SELECT {{UnreadSender}} AS sender FROM "Events" INDEXED BY "IX_Events_Unread" WHERE "RoomId" = json_extract(k.value, '$[0]')
                AND "Seq" > json_extract(k.value, '$[1]') AND "Seq" <= json_extract(k.value, '$[2]') AND {{UnreadSender}} IS NOT NULL
            ORDER BY "Seq" LIMIT {{s_maxUnread}}) m WHERE m.sender <> {1}) AS "Unread"
        FROM json_each({0}) k
        """;

    private static readonly string PostgresUnread =
        $$"""
        SELECT k.room AS "RoomId", (SELECT count(*) FROM (
            SELECT "SenderId" FROM "Events" WHERE "RoomId" = k.room AND "Seq" > k.after AND "Seq" <= k.upto AND "Type" = 'message' AND "Body" IS NOT NULL
            ORDER BY "Seq" LIMIT {{s_maxUnread}}) m WHERE m."SenderId" <> {3})::int AS "Unread"
        FROM unnest({0}, {1}, {2}) AS k(room, after, upto)
        """;

    private static readonly string SqliteUnreadTexts =
        $$"""
        SELECT "Seq", {{UnreadSender}} AS "SenderId" FROM "Events" INDEXED BY "IX_Events_Unread" WHERE "RoomId" = {0} AND "Seq" > {1}
            AND {{UnreadSender}} IS NOT NULL ORDER BY "Seq" DESC LIMIT {{s_maxUnread}}
        """;

    private static readonly string PostgresUnreadTexts =
        $$"""
        SELECT "Seq", "SenderId" FROM "Events" WHERE "RoomId" = {0} AND "Seq" > {1} AND "Type" = 'message' AND "Body" IS NOT NULL
        ORDER BY "Seq" DESC LIMIT {{s_maxUnread}}
        """;

    private const string SqliteLeft =
        """
        SELECT m."RoomId", m."LeftSeq", coalesce(m."LeftAt", 0) AS "LeftAt" FROM json_each({0}) k
            CROSS JOIN "Members" m INDEXED BY "IX_Members_UserId_RoomId" ON m."UserId" = {1} AND m."RoomId" = k.value
        WHERE m."LeftSeq" IS NOT NULL
        """;

    private const string PostgresLeft =
        """
        SELECT m."RoomId", m."LeftSeq", coalesce(m."LeftAt", 0) AS "LeftAt"
        FROM unnest({0}) AS k(room) CROSS JOIN LATERAL (
            SELECT * FROM "Members" p WHERE p."RoomId" = k.room AND p."UserId" = {1}
                AND p."LeftSeq" IS NOT NULL LIMIT 1) m
        """;

    private static readonly string SqliteMemberships =
        $$"""
        SELECT m."UserId", m."RoomId", m."JoinSeq" AS "Join", NULL AS "LeftAt" FROM json_each({0}) k
            CROSS JOIN "Members" m INDEXED BY "IX_Members_Present" ON m."UserId" = k.value AND m."LeftSeq" IS NULL
        UNION ALL
        SELECT m."UserId", m."RoomId", m."JoinSeq" AS "Join", m."LeftAt"
        FROM json_each({0}) k CROSS JOIN "Members" m ON m.rowid IN (
            SELECT p.rowid FROM "Members" p INDEXED BY "IX_Members_UserId_LeftAt" WHERE p."UserId" = k.value
                AND p."LeftAt" IS NOT NULL ORDER BY p."LeftAt" DESC LIMIT {{s_lastLeft}})
        WHERE m."LeftSeq" IS NOT NULL
        """;

    private static readonly string PostgresMemberships =
        $$"""
        SELECT m."UserId", m."RoomId", m."JoinSeq" AS "Join", NULL::bigint AS "LeftAt"
        FROM unnest({0}) AS k(person) JOIN "Members" m ON m."UserId" = k.person AND m."LeftSeq" IS NULL
        UNION ALL
        SELECT m."UserId", m."RoomId", m."JoinSeq" AS "Join", m."LeftAt"
        FROM unnest({0}) AS k(person) CROSS JOIN LATERAL (
            SELECT * FROM "Members" p WHERE p."UserId" = k.person AND p."LeftAt" IS NOT NULL
            ORDER BY p."LeftAt" DESC LIMIT {{s_lastLeft}}) m WHERE m."LeftSeq" IS NOT NULL
        """;

    private static readonly string SqliteFirstMembers =
        $$"""
        SELECT m.* FROM json_each({0}) k CROSS JOIN "Members" m ON m.rowid IN (
            SELECT p.rowid FROM "Members" p INDEXED BY "IX_Members_RoomId_UserName_UserId" WHERE p."RoomId" = k.value AND p."LeftSeq" IS NULL
            ORDER BY p."UserName", p."UserId" LIMIT {{s_maxMembers}})
        UNION ALL
        SELECT m.* FROM json_each({0}) k CROSS JOIN "Members" m INDEXED BY "IX_Members_RoomId_Owner_JoinSeq"
            ON m."RoomId" = k.value AND m."Owner" = 1 AND m."LeftSeq" IS NULL
        """;

    private static readonly string PostgresFirstMembers =
        $$"""
        SELECT m.* FROM unnest({0}) AS k(room) CROSS JOIN LATERAL (
            SELECT * FROM "Members" p WHERE p."RoomId" = k.room AND p."LeftSeq" IS NULL ORDER BY p."UserName", p."UserId" LIMIT {{s_maxMembers}}) m
        UNION ALL
        SELECT m.* FROM unnest({0}) AS k(room) CROSS JOIN LATERAL (
            SELECT * FROM "Members" p WHERE p."RoomId" = k.room AND p."LeftSeq" IS NULL AND p."Owner" = true ORDER BY p."JoinSeq" LIMIT 1) m
        """;

    private const string SqliteMemberPage =
        """
        SELECT * FROM "Members" INDEXED BY "IX_Members_RoomId_UserName_UserId" WHERE "RoomId" = {0} AND "LeftSeq" IS NULL
            AND ("UserName", "UserId") > ({1}, {2}) ORDER BY "UserName", "UserId" LIMIT {3}
        """;

    private const string PostgresMemberPage =
        """
        SELECT * FROM "Members" WHERE "RoomId" = {0} AND "LeftSeq" IS NULL
            AND ("UserName", "UserId") > ({1}, {2}) ORDER BY "UserName", "UserId" LIMIT {3}
        """;

    private static readonly string SqliteByTrigrams =
        $$"""
        SELECT r.* FROM (SELECT rowid AS row FROM "RoomNames" WHERE "RoomNames" MATCH {0} LIMIT {{s_maxLooked}}) n
            CROSS JOIN "RoomNameRows" k ON k."Row" = n.row CROSS JOIN "Rooms" r ON r."Id" = k."RoomId"
        WHERE r."Kind" = 0 AND NOT EXISTS (SELECT 1 FROM "Members" m WHERE m."RoomId" = r."Id" AND m."UserId" = {1} AND m."LeftSeq" IS NULL)
        """;

    private static readonly string PostgresByTrigrams =
        $$"""
        SELECT r.* FROM (SELECT * FROM "Rooms" WHERE "Kind" = 0 AND "NameKey" LIKE {0} LIMIT {{s_maxLooked}}) r
        WHERE NOT EXISTS (SELECT 1 FROM "Members" m WHERE m."RoomId" = r."Id" AND m."UserId" = {1} AND m."LeftSeq" IS NULL)
        """;
}

/// <summary>The number of unread messages in a room.</summary>
internal sealed record UnreadRow(string RoomId, int Unread);

/// <summary>A message that may be unread.</summary>
internal sealed record UnreadText(long Seq, string SenderId);

/// <summary>The number of members in a room.</summary>
internal sealed record CountRow(string RoomId, long Count);

using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>Reads requests, invitations and blocks. Thread-safe; at most a few reads at the same time, as in
/// <see cref="RoomCatalog"/>.</summary>
public sealed class ConsentCatalog(IDbContextFactory<LogDb> databases) : IDisposable
{
    /// <summary>
    /// The most rooms of a person that a search for a shared room compares. The search takes the shorter of the two
    /// lists. If neither is this short, only a direct room tells that two people know each other.
    /// </summary>
    public const int MaxCompared = 1_000;

    /// <summary>The most entries of each list, such as the people who are invited to one room.</summary>
    private const int MaxListed = 10_000;

    // Every client that comes back causes this query. It is not static, because a compiled query of EF Core belongs to
    // one database.
    private readonly Func<LogDb, string, Task<long>> _version = EF.CompileAsyncQuery(
        (LogDb db, string userId) =>
            db.ConsentVersions.Where(v => v.UserId == userId).Select(v => v.Version).FirstOrDefault());

    private readonly SemaphoreSlim _reads = new(4);
    private bool? _isDefault;

    /// <summary>A person's requests, invitations and blocks. For most people this is one look into an index.</summary>
    public Task<PersonalConsent> OfAsync(string userId) => ReadAsync(async db =>
    {
        // The version is read first, so that after a change in between the next comparison reads again.
        if (await _version(db, userId) is not (> 0 and var version))
            return PersonalConsent.None;
        var mine = await db.Requests.Where(r => r.ById == userId).Select(r => r.RoomId).ToListAsync();
        var theirs = await db.Requests.Where(r => r.ToId == userId).Select(r => r.RoomId).ToListAsync();
        var invited = await db.Invitations.Where(i => i.ById == userId).OrderBy(i => i.At).Take(MaxListed)
            .Select(i => new { i.RoomId, User = new UserRef(i.UserId, i.UserName, i.UserKind) }).ToListAsync();
        return new PersonalConsent
        {
            Version = version,
            Blocked = (await db.Blocks.Where(b => b.UserId == userId).Select(b => b.OtherId).OrderBy(id => id)
                .Take(MaxListed).ToListAsync()).ToHashSet(),
            Hidden = (await db.HiddenRooms.Where(h => h.UserId == userId).Select(h => h.RoomId).OrderBy(id => id)
                .Take(MaxListed).ToListAsync()).ToHashSet(),
            Requests = mine.Select(r => (Room: r, Side: RequestSide.Mine))
                .Concat(theirs.Select(r => (Room: r, Side: RequestSide.Theirs)))
                .DistinctBy(r => r.Room).ToDictionary(r => r.Room, r => r.Side),
            Invitations = await InvitationsAsync(db, userId),
            Invited = invited.ToLookup(i => i.RoomId, i => i.User),
        };
    });

    /// <summary>The version of each person's requests, invitations and blocks. The result leaves out people who have
    /// none.</summary>
    public Task<IReadOnlyDictionary<string, long>> VersionsAsync(IReadOnlyCollection<string> userIds) => ReadAsync(
        async db =>
        (IReadOnlyDictionary<string, long>)await db.ConsentVersions.Where(v => userIds.Contains(v.UserId))
            .ToDictionaryAsync(v => v.UserId, v => v.Version));

    /// <summary>The people whom somebody blocks, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(string userId) => ReadAsync(async db =>
        (IReadOnlyList<UserRef>)await db.Blocks.Where(b => b.UserId == userId).OrderBy(b => b.OtherName)
            .ThenBy(b => b.OtherId).Take(MaxListed)
            .Select(b => new UserRef(b.OtherId, b.OtherName, b.OtherKind)).ToArrayAsync());

    public Task<bool> IsBlockedAsync(string userId, string otherId) =>
        ReadAsync(db => db.Blocks.AnyAsync(b => b.UserId == userId && b.OtherId == otherId));

    /// <summary>Whether a person does not see this direct room of theirs.</summary>
    public Task<bool> IsHiddenAsync(string userId, string roomId) =>
        ReadAsync(db => db.HiddenRooms.AnyAsync(h => h.UserId == userId && h.RoomId == roomId));

    /// <summary>The direct room of two people; null if they have none.</summary>
    public Task<string?> FindDirectAsync(string one, string other) => ReadAsync(async db =>
    {
        var key = Appender.DirectKey(one, other);
        return await db.Rooms.Where(r => r.DirectKey == key).Select(r => r.Id).FirstOrDefaultAsync();
    });

    /// <summary>
    /// Whether two people share a private room, or a direct room that waits for nobody's consent. It looks at no more
    /// than <see cref="MaxCompared"/> rooms, however many they are in.
    /// </summary>
    public Task<bool> KnowEachOtherAsync(string one, string other) => ReadAsync(async db =>
    {
        var key = Appender.DirectKey(one, other);
        if (await db.Rooms.AnyAsync(r => r.DirectKey == key && r.RequestTo == null))
            return true;
        var (ones, others) = (await CountRoomsAsync(db, one), await CountRoomsAsync(db, other));
        var (few, many) = ones <= others ? (one, other) : (other, one);
        return await db.Database.SqlQueryRaw<long>(ShareSql, few, many).SingleAsync() > 0;
    });

    /// <summary>The decision from the creation of the database: whether strangers have to ask.</summary>
    public async ValueTask<bool> IsDefaultAsync() =>
        _isDefault ??= await ReadAsync(db => db.RoomSettings.Select(s => s.Consent).FirstOrDefaultAsync());

    public void Dispose() => _reads.Dispose();

    /// <summary>The statements use scalar subqueries, because a planner may turn EXISTS into a join that reads all
    /// rooms of the other person.</summary>
    private const string ShareSql =
        """
        SELECT count(*) AS "Value" FROM (SELECT "RoomId", "LeftSeq" FROM "Members" WHERE "UserId" = {0} LIMIT 1000) AS few
        WHERE few."LeftSeq" IS NULL
          AND (SELECT r."Kind" FROM "Rooms" r WHERE r."Id" = few."RoomId" LIMIT 1) = 1
          AND (SELECT m."JoinSeq" FROM "Members" m WHERE m."RoomId" = few."RoomId" AND m."UserId" = {1} AND m."LeftSeq" IS NULL LIMIT 1) IS NOT NULL
        """;

    private static Task<long> CountRoomsAsync(LogDb db, string userId) => db.Database.SqlQueryRaw<long>(
        """SELECT count(*) AS "Value" FROM (SELECT 1 FROM "Members" WHERE "UserId" = {0} LIMIT 1001) AS few""",
        userId).SingleAsync();

    private static async Task<IReadOnlyList<Invitation>> InvitationsAsync(LogDb db, string userId)
    {
        var found = await db.Invitations.Where(i => i.UserId == userId && i.Declined == 0).OrderByDescending(i => i.At)
            .Take(MaxListed)
            .Join(db.Rooms, i => i.RoomId, r => r.Id,
                (i, r) => new { r.Id, r.Kind, r.Name, i.ById, i.ByName, i.ByKind, i.At }).ToListAsync();
        return [.. found.OrderByDescending(i => i.At).Select(i => new Invitation(
            new InvitedRoom(i.Id, i.Kind, i.Name), new UserRef(i.ById, i.ByName, i.ByKind),
            DateTimeOffset.FromUnixTimeMilliseconds(i.At).UtcDateTime))];
    }

    private async Task<T> ReadAsync<T>(Func<LogDb, Task<T>> read)
    {
        await _reads.WaitAsync();
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            return await read(db);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new ChatException(ErrorCodes.Unavailable, "the log cannot be read now", e);
        }
        finally
        {
            _reads.Release();
        }
    }
}

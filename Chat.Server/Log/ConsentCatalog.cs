using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Reads requests, invitations and blocks. Thread-safe; at most a few reads at the same time, and of one person one, as
/// in <see cref="RoomCatalog"/>.
/// </summary>
public sealed partial class ConsentCatalog(IDbContextFactory<LogDb> databases) : IDisposable
{
    /// <summary>
    /// The most rooms of a person that a search for a shared room compares. The search takes the shorter of the two
    /// lists. If neither is this short, only a direct room tells that two people know each other.
    /// </summary>
    public const int MaxCompared = 1_000;

    /// <summary>The most entries of each list, such as the people who are invited to one room.</summary>
    private const int MaxListed = 10_000;

    /// <summary>People whose last state is kept.</summary>
    private const int MaxKnown = 10_000;

    // Every client that comes back causes this query. It is not static, because a compiled query of EF Core belongs to
    // one database.
    private readonly Func<LogDb, string, Task<long>> _version = EF.CompileAsyncQuery(
        (LogDb db, string userId) =>
            db.ConsentVersions.Where(v => v.UserId == userId).Select(v => v.Version).FirstOrDefault());

    private readonly ReadTurns _turns = new(4);

    // Weak: it is there as long as a session of the person is, and shared by all of them.
    private readonly ConcurrentDictionary<string, WeakReference<PersonalConsent>> _known = [];
    private int _forgotten;
    private bool? _isDefault;

    /// <summary>
    /// A person's requests, invitations and blocks. For most people this is one look into an index, and so it is for
    /// those of whom nothing has changed since the last read.
    /// </summary>
    public Task<PersonalConsent> OfAsync(string userId) => ReadAsync(userId, async db =>
    {
        var forgotten = Volatile.Read(ref _forgotten);
        // The version is read first, so that after a change in between the next comparison reads again.
        if (await _version(db, userId) is not (> 0 and var version))
            return PersonalConsent.None;
        if (_known.TryGetValue(userId, out var last) && last.TryGetTarget(out var known) && known.Version == version)
            return known;
        var read = await ReadAsync(db, userId, version);
        if (_known.Count >= MaxKnown)
            _known.Clear();
        if (forgotten == Volatile.Read(ref _forgotten))
            _known[userId] = new WeakReference<PersonalConsent>(read);
        return read;
    });

    /// <summary>
    /// The version of each person's requests, invitations and blocks. The result leaves out people who have none.
    /// </summary>
    public Task<IReadOnlyDictionary<string, long>> VersionsAsync(IReadOnlyCollection<string> userIds) => ReadAsync(
        null, async db =>
        (IReadOnlyDictionary<string, long>)await db.ConsentVersions.Where(v => userIds.Contains(v.UserId))
            .ToDictionaryAsync(v => v.UserId, v => v.Version));

    /// <summary>The people whom somebody blocks, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(string userId) => ReadAsync(userId, async db =>
        (IReadOnlyList<UserRef>)await db.Blocks.Where(b => b.UserId == userId).OrderBy(b => b.OtherName)
            .ThenBy(b => b.OtherId).Take(MaxListed)
            .Select(b => new UserRef(b.OtherId, b.OtherName, b.OtherKind)).ToArrayAsync());

    /// <summary>Whether somebody blocks somebody.</summary>
    /// <param name="userId">The person who may have blocked the other one.</param>
    /// <param name="otherId">The person who may be blocked.</param>
    /// <param name="askedBy">On whose behalf it is read; null for <paramref name="userId"/>.</param>
    public Task<bool> IsBlockedAsync(string userId, string otherId, string? askedBy = null) =>
        ReadAsync(askedBy ?? userId, db => db.Blocks.AnyAsync(b => b.UserId == userId && b.OtherId == otherId));

    /// <summary>Whether a person does not see this direct room of theirs.</summary>
    public Task<bool> IsHiddenAsync(string userId, string roomId) =>
        ReadAsync(userId, db => db.HiddenRooms.AnyAsync(h => h.UserId == userId && h.RoomId == roomId));

    /// <summary>The direct room of two people; null if they have none. Read on behalf of the first.</summary>
    public Task<string?> FindDirectAsync(string one, string other) => ReadAsync(one, async db =>
    {
        var key = Appender.DirectKey(one, other);
        return await db.Rooms.Where(r => r.DirectKey == key).Select(r => r.Id).FirstOrDefaultAsync();
    });

    /// <summary>
    /// Whether two people share a private room, or a direct room that waits for nobody's consent. It looks at no more
    /// than <see cref="MaxCompared"/> rooms, however many they are in. It is read on behalf of the first.
    /// </summary>
    public Task<bool> KnowEachOtherAsync(string one, string other) => ReadAsync(one, async db =>
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
        _isDefault ??= await ReadAsync(null, db => db.RoomSettings.Select(s => s.Consent).FirstOrDefaultAsync());

    /// <summary>
    /// The log has lost transactions. A version that is counted a second time may stand for another state than the one
    /// that is kept here.
    /// </summary>
    internal void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _known.Clear();
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>
    /// The statements use scalar subqueries, because a planner may turn EXISTS into a join that reads all rooms of the
    /// other person.
    /// </summary>
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

    private static async Task<PersonalConsent> ReadAsync(LogDb db, string userId, long version)
    {
        var mine = await db.Requests.Where(r => r.ById == userId).Select(r => r.RoomId).ToListAsync();
        var theirs = await db.Requests.Where(r => r.ToId == userId).Select(r => r.RoomId).ToListAsync();
        var invited = await db.Invitations.Where(i => i.ById == userId && i.Declined < 2)
            .OrderBy(i => i.At).Take(MaxListed)
            .Select(i => new { i.RoomId, User = new UserRef(i.UserId, i.UserName, i.UserKind) }).ToListAsync();
        var blocked = await db.Blocks.Where(b => b.UserId == userId).Select(b => b.OtherId).OrderBy(id => id)
            .Take(MaxListed).ToListAsync();
        var hidden = await db.HiddenRooms.Where(h => h.UserId == userId).Select(h => h.RoomId).OrderBy(id => id)
            .Take(MaxListed).ToListAsync();
        return new PersonalConsent
        {
            Version = version,
            Blocked = blocked.ToHashSet(),
            Hidden = hidden.ToHashSet(),
            Requests = mine.Select(r => (Room: r, Side: RequestSide.Mine))
                .Concat(theirs.Select(r => (Room: r, Side: RequestSide.Theirs)))
                .DistinctBy(r => r.Room).ToDictionary(r => r.Room, r => r.Side),
            Invitations = await InvitationsAsync(db, userId),
            Invited = invited.ToLookup(i => i.RoomId, i => i.User),
        };
    }

    private static async Task<IReadOnlyList<Invitation>> InvitationsAsync(LogDb db, string userId)
    {
        var found = await db.Invitations.Where(i => i.UserId == userId && i.Declined == 0).OrderByDescending(i => i.At)
            .Take(MaxListed).ToListAsync();
        if (found.Count == 0)
            return [];
        // Two statements: of a join PostgreSQL may believe that it is cheaper to read all rooms.
        var ids = found.Select(i => i.RoomId).ToArray();
        var rooms = await db.Rooms.Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, r.Kind, r.Name })
            .ToDictionaryAsync(r => r.Id);
        return [.. from i in found
                   where rooms.ContainsKey(i.RoomId)
                   let room = rooms[i.RoomId]
                   select new Invitation(
                       new InvitedRoom(room.Id, room.Kind, room.Name), new UserRef(i.ById, i.ByName, i.ByKind),
                       DateTimeOffset.FromUnixTimeMilliseconds(i.At).UtcDateTime)];
    }

    /// <param name="person">On whose behalf; null for the server itself.</param>
    /// <param name="read">The work.</param>
    private async Task<T> ReadAsync<T>(string? person, Func<LogDb, Task<T>> read)
    {
        try
        {
            return await _turns.RunAsync(person, async _ =>
            {
                await using var db = await databases.CreateDbContextAsync();
                return await read(db);
            }, CancellationToken.None);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new ChatException(ErrorCodes.Unavailable, "the log cannot be read now", e);
        }
    }
}

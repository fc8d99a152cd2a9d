using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Rooms as their members see them, read from the log's tables. Thread-safe; at most a few reads run at the same time,
/// and one of each person, so that a crowd that comes back at once takes turns. No read grows with rooms, members or
/// events that are not in its answer.
/// </summary>
public sealed partial class RoomCatalog(IDbContextFactory<LogDb> databases) : IDisposable
{
    /// <summary>
    /// Unread messages are counted up to this many; so many messages after the read marker are looked at, a person's
    /// own included.
    /// </summary>
    public const int MaxUnread = 10_000;

    /// <summary>Members listed with a room.</summary>
    public const int MaxMembers = 200;

    /// <summary>Rooms in one answer of a search.</summary>
    public const int MaxFound = 100;

    /// <summary>Names that one search looks at, of rooms or of members.</summary>
    public const int MaxLooked = 1_000;

    /// <summary>Members listed with all rooms of one answer, if the public ones can be shortened so far.</summary>
    public const int MaxListed = 200_000;

    /// <summary>Rooms whose first members are kept in memory.</summary>
    private const int MaxRemembered = 1_000;

    /// <summary>Rooms that are described at once, before others may read.</summary>
    private const int RoomsAtOnce = 200;

    private const int ReadsAtOnce = 4;

    // Every client that comes back causes these queries, so their compiled form is kept.
    private readonly Func<LogDb, string, IAsyncEnumerable<Mine>> _mine = EF.CompileAsyncQuery(
        (LogDb db, string userId) => db.Members.Where(m => m.UserId == userId && m.LeftSeq == null)
            .Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking());

    private readonly ConcurrentDictionary<string, Listed> _firstMembers = [];
    private int _forgotten;
    private readonly ReadTurns _turns = new(ReadsAtOnce);

    /// <summary>
    /// The rooms a user is in now. Of those they have left, the last <see cref="LastLeft"/> and those among
    /// <paramref name="named"/>.
    /// </summary>
    public Task<MyRooms> OfAsync(
        string userId, IEnumerable<string>? named = null,
        CancellationToken cancellation = default) => ReadAsync(userId, async (db, turn) =>
    {
        // One statement, so that heads and memberships are of the same moment: no leave lies between them.
        var mine = await _mine(db, userId).ToListAsync(cancellation);
        // After that: a room that is left in between is still among the rooms, and its feed finds the leave.
        var left = await ReadLeftAsync(db, userId, mine.Select(m => m.Room.Id).ToHashSet(), named ?? [], cancellation);
        var rooms = new List<Room>(mine.Count);
        foreach (var some in mine.Chunk(RoomsAtOnce))
        {
            if (rooms.Count > 0)
                await turn.PassAsync(cancellation);
            rooms.AddRange(await DescribeAsync(db, userId, some, cancellation));
        }
        return left with { Rooms = Bounded(rooms, MaxListed) };
    }, cancellation);

    /// <summary>A room as one of its present members sees it; null for everybody else.</summary>
    public Task<Room?> FindAsync(string userId, string roomId) => ReadAsync(userId, async (db, _) =>
    {
        var mine = await db.Members.Where(m => m.UserId == userId && m.RoomId == roomId && m.LeftSeq == null)
            .Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking().ToArrayAsync();
        return (await DescribeAsync(db, userId, mine, CancellationToken.None)).SingleOrDefault();
    });

    /// <summary>
    /// A room as a person who has left it may see it: up to the leave, without the present members, and without a later
    /// name. Null for everybody else.
    /// </summary>
    public Task<Room?> FindLeftAsync(string userId, string roomId) => ReadAsync(userId, async (db, _) =>
    {
        var left = await db.Members.Where(m => m.UserId == userId && m.RoomId == roomId && m.LeftSeq != null)
            .Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking().SingleOrDefaultAsync();
        if (left is not { Member: { LeftSeq: { } leave } member, Room: { } room })
            return null;
        var changes = await db.Database.SqlQueryRaw<long>(RoomSql.LastChange(db), roomId).ToListAsync();
        var changed = changes is [var last] && last > leave;
        return new Room
        {
            Id = room.Id,
            Kind = room.Kind,
            Name = changed ? room.Id : room.Name,
            Topic = changed ? "" : room.Topic,
            Head = leave,
            ReadUpTo = leave,
            Joined = member.JoinSeq,
        };
    });

    /// <summary>How a user stands to a room; null if there is no such room.</summary>
    public Task<Sight?> SightAsync(string userId, string roomId) => ReadAsync(userId, async (db, _) => await db.Rooms
        .Where(r => r.Id == roomId)
        .Select(r => new Sight(
            r.Kind, r.Head, db.Members.Any(m => m.RoomId == roomId && m.UserId == userId),
            db.Members.Where(m => m.RoomId == roomId && m.UserId == userId).Select(m => m.LeftSeq).FirstOrDefault()))
        .FirstOrDefaultAsync());

    /// <summary>The log has lost events: what is kept of this room, or of all, may not be there any more.</summary>
    internal void ForgetMembers(string? roomId = null)
    {
        Interlocked.Increment(ref _forgotten);
        if (roomId is null)
            _firstMembers.Clear();
        else
            _firstMembers.TryRemove(roomId, out _);
    }

    public void Dispose() => _turns.Dispose();

    private async Task<T> ReadAsync<T>(string? userId, Func<LogDb, ReadTurns.Turn, Task<T>> read,
        CancellationToken cancellation = default)
    {
        try
        {
            return await _turns.RunAsync(userId, async turn =>
            {
                await using var db = await databases.CreateDbContextAsync(cancellation);
                return await read(db, turn);
            }, cancellation);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new ChatException(ErrorCodes.Unavailable, "the log cannot be read now", e);
        }
    }

    private sealed record Mine(MemberRow Member, RoomRow Room);
}

/// <summary>How somebody stands to a room.</summary>
/// <param name="Kind">Of the room.</param>
/// <param name="Head">Of the room.</param>
/// <param name="WasMember">Is or was a member.</param>
/// <param name="LeftSeq">The leave that ended it; null for a present member, and for a stranger.</param>
public sealed record Sight(RoomKind Kind, long Head, bool WasMember, long? LeftSeq);

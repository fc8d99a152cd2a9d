using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Rooms as their members see them, read from the log's tables. Thread-safe; at most a few reads at the same time, so that everybody coming
/// back at once takes turns.
/// </summary>
public sealed class RoomCatalog(IDbContextFactory<LogDb> databases) : IDisposable
{
    /// <summary>Unread messages are counted up to this many.</summary>
    public const int MaxUnread = 10_000;

    /// <summary>Members listed of a public room.</summary>
    public const int MaxPublicMembers = 200;

    /// <summary>Rooms in one answer of a search.</summary>
    public const int MaxFound = 100;

    /// <summary>Public rooms whose first members are kept in memory.</summary>
    private const int MaxRemembered = 1_000;

    // Of everybody who comes back these are asked: what EF Core makes of them is kept.
    private readonly Func<LogDb, string, IAsyncEnumerable<Mine>> _mine = EF.CompileAsyncQuery((LogDb db, string userId) =>
        db.Members.Where(m => m.UserId == userId).Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking());

    private readonly Func<LogDb, string, IAsyncEnumerable<UserRef>> _someMembers = EF.CompileAsyncQuery((LogDb db, string roomId) =>
        db.Members.Where(m => m.RoomId == roomId && m.LeftSeq == null).OrderBy(m => m.UserName).Take(MaxPublicMembers).Select(m => new UserRef(m.UserId, m.UserName)));

    private readonly Func<LogDb, string, string, long, Task<int>> _unread = EF.CompileAsyncQuery((LogDb db, string userId, string roomId, long readUpTo) => db.Events
        .Where(e => e.RoomId == roomId && e.Seq > readUpTo && e.Type == EventTypes.Message && e.SenderId != userId && e.Body != null)
        .OrderBy(e => e.Seq).Take(MaxUnread).Count());

    private readonly ConcurrentDictionary<string, (long Head, IReadOnlyList<UserRef> Members)> _firstMembers = [];
    private readonly SemaphoreSlim _reads = new(4);

    /// <summary>The rooms a user is in now, and those that they have left.</summary>
    public Task<MyRooms> OfAsync(string userId) => ReadAsync(async db =>
    {
        // One statement, so that heads and memberships are of the same moment: no leave lies between them.
        var all = await _mine(db, userId).ToListAsync();
        return new MyRooms(
            await DescribeAsync(db, userId, [.. all.Where(m => m.Member.LeftSeq is null)]),
            all.Where(m => m.Member.LeftSeq is not null).ToDictionary(m => m.Room.Id, m => m.Member.LeftSeq!.Value));
    });

    /// <summary>A room as one of its present members sees it; null for everybody else.</summary>
    public Task<Room?> FindAsync(string userId, string roomId) => ReadAsync(async db =>
    {
        var mine = await db.Members.Where(m => m.UserId == userId && m.RoomId == roomId && m.LeftSeq == null)
            .Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking().ToListAsync();
        return (await DescribeAsync(db, userId, mine)).SingleOrDefault();
    });

    /// <summary>
    /// A room as somebody who has left it may know it: up to the leave, without those who are there now, and without a name that it was given later.
    /// Null for everybody else.
    /// </summary>
    public Task<Room?> FindLeftAsync(string userId, string roomId) => ReadAsync(async db =>
    {
        var left = await db.Members.Where(m => m.UserId == userId && m.RoomId == roomId && m.LeftSeq != null)
            .Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new Mine(m, r)).AsNoTracking().SingleOrDefaultAsync();
        if (left is not { Member: { LeftSeq: { } leave } member, Room: { } room })
            return null;
        var changed = await db.Events.AnyAsync(e => e.RoomId == roomId && e.Seq > leave && e.Type == EventTypes.Room);
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

    /// <summary>Public rooms that a user is not in and whose name contains a text, by name.</summary>
    public Task<IReadOnlyList<Room>> PublicAsync(string userId, string? query) => ReadAsync(async db =>
    {
        var key = NameKey.Of(query ?? "");
        if (key.Contains('\0'))
            return []; // no name has it, and PostgreSQL does not even take the question
        var found = await db.Rooms
            .Where(r => r.Kind == RoomKind.Public && r.NameKey.Contains(key))
            .Where(r => !db.Members.Any(m => m.RoomId == r.Id && m.UserId == userId && m.LeftSeq == null))
            .OrderBy(r => r.NameKey).ThenBy(r => r.Id).Take(MaxFound).AsNoTracking().ToListAsync();
        return (IReadOnlyList<Room>)[.. found.Select(r => new Room { Id = r.Id, Kind = r.Kind, Name = r.Name, Topic = r.Topic, Head = r.Head })];
    });

    /// <summary>How a user stands to a room; null if there is no such room.</summary>
    public Task<Sight?> SightAsync(string userId, string roomId) => ReadAsync(async db => await db.Rooms
        .Where(r => r.Id == roomId)
        .Select(r => new Sight(
            r.Kind, r.Head, db.Members.Any(m => m.RoomId == roomId && m.UserId == userId),
            db.Members.Where(m => m.RoomId == roomId && m.UserId == userId).Select(m => m.LeftSeq).FirstOrDefault()))
        .FirstOrDefaultAsync());

    /// <summary>Of these rooms, those that a user has left, with the number of the leave.</summary>
    public Task<IReadOnlyDictionary<string, long>> LeftAsync(string userId, IReadOnlyList<string> roomIds) =>
        ReadAsync(async db => (IReadOnlyDictionary<string, long>)await db.Members
            .Where(m => m.UserId == userId && m.LeftSeq != null && roomIds.Contains(m.RoomId))
            .ToDictionaryAsync(m => m.RoomId, m => m.LeftSeq!.Value));

    /// <summary>The newest membership of each of these users in each room, whether it lasts or has ended, with the number of the join that it began with.</summary>
    public Task<IReadOnlyList<(string UserId, string RoomId, long Join)>> MembershipsAsync(IReadOnlyCollection<string> userIds) => ReadAsync(async db =>
    {
        var found = await db.Members.Where(m => userIds.Contains(m.UserId)).Select(m => new { m.UserId, m.RoomId, m.JoinSeq }).ToListAsync();
        return (IReadOnlyList<(string, string, long)>)[.. found.Select(m => (m.UserId, m.RoomId, m.JoinSeq))];
    });

    public void Dispose() => _reads.Dispose();

    private async Task<IReadOnlyList<Room>> DescribeAsync(LogDb db, string userId, List<Mine> mine)
    {
        if (mine.Count == 0)
            return [];
        var complete = mine.Where(m => m.Room.Kind != RoomKind.Public).Select(m => m.Room.Id).ToList();
        var members = (complete.Count == 0 ? [] : await db.Members.Where(m => complete.Contains(m.RoomId) && m.LeftSeq == null).OrderBy(m => m.UserName)
            .Select(m => new { m.RoomId, User = new UserRef(m.UserId, m.UserName), m.ReadUpTo }).ToListAsync()).ToLookup(m => m.RoomId);
        var rooms = new List<Room>(mine.Count);
        foreach (var (member, room) in mine)
        {
            var others = members[room.Id].Where(m => m.User.Id != userId);
            rooms.Add(new Room
            {
                Id = room.Id,
                Kind = room.Kind,
                Name = room.Kind == RoomKind.Direct ? (others.FirstOrDefault()?.User.Name ?? member.UserName) : room.Name,
                Topic = room.Topic,
                Head = room.Head,
                ReadUpTo = member.ReadUpTo,
                Unread = member.ReadUpTo >= room.Head ? 0 : await _unread(db, userId, room.Id, member.ReadUpTo),
                Joined = member.JoinSeq,
                Members = room.Kind == RoomKind.Public ? await FirstMembersAsync(db, room) : [.. members[room.Id].Select(m => m.User)],
                Seen = room.Kind == RoomKind.Direct ? others.ToDictionary(m => m.User.Id, m => m.ReadUpTo) : null,
            });
        }
        return rooms;
    }

    /// <summary>
    /// The first of a public room by name. As long as the room has no new event they are the same for everybody who asks: when a crowd comes back at once, few read.
    /// </summary>
    private async Task<IReadOnlyList<UserRef>> FirstMembersAsync(LogDb db, RoomRow room)
    {
        if (_firstMembers.TryGetValue(room.Id, out var known) && known.Head == room.Head)
            return known.Members;
        var members = await _someMembers(db, room.Id).ToListAsync();
        if (!_firstMembers.ContainsKey(room.Id) && _firstMembers.Count >= MaxRemembered)
            _firstMembers.Clear();
        _firstMembers[room.Id] = (room.Head, members);
        return members;
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

    private sealed record Mine(MemberRow Member, RoomRow Room);
}

/// <summary>The rooms of a user at one moment.</summary>
/// <param name="Rooms">Where they are a member.</param>
/// <param name="Left">The ids of those where they were, each with the number of the leave.</param>
public sealed record MyRooms(IReadOnlyList<Room> Rooms, IReadOnlyDictionary<string, long> Left);

/// <summary>How somebody stands to a room.</summary>
/// <param name="Kind">Of the room.</param>
/// <param name="Head">Of the room.</param>
/// <param name="WasMember">Is or was a member.</param>
/// <param name="LeftSeq">The leave that ended it; null for a present member, and for a stranger.</param>
public sealed record Sight(RoomKind Kind, long Head, bool WasMember, long? LeftSeq);

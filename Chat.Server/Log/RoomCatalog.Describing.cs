using System.Text.Json;
using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Describes rooms for one of their members, by a few statements for all rooms together.
/// </summary>
public sealed partial class RoomCatalog
{
    private async Task<IReadOnlyList<Room>> DescribeAsync(
        LogDb db, string userId, IReadOnlyCollection<Mine> mine, CancellationToken cancellation)
    {
        if (mine.Count == 0)
            return [];
        var unread = await UnreadAsync(db, userId, [.. mine.Where(m => m.Member.ReadUpTo < m.Room.Head)], cancellation);
        var listed = await FirstMembersAsync(db, mine, cancellation);
        var rooms = new List<Room>(mine.Count);
        foreach (var (member, room) in mine)
        {
            var (members, owner) = (listed[room.Id].Members, listed[room.Id].Owner);
            var others = members.Where(m => m.UserId != userId);
            var direct = room.Kind == RoomKind.Direct;
            rooms.Add(new Room
            {
                Id = room.Id,
                Kind = room.Kind,
                Name = direct ? (others.FirstOrDefault()?.UserName ?? member.UserName) : room.Name,
                Topic = room.Topic,
                Head = room.Head,
                ReadUpTo = member.ReadUpTo,
                Unread = unread.GetValueOrDefault(room.Id),
                Joined = member.JoinSeq,
                Members = [.. members.Select(m => m.Ref)],
                MemberCount = await CountAsync(db, room, cancellation),
                Owner = owner,
                Seen = direct ? others.ToDictionary(m => m.UserId, m => m.ReadUpTo) : null,
            });
        }
        return rooms;
    }

    private static async Task<Dictionary<string, int>> UnreadAsync(
        LogDb db, string userId, IReadOnlyList<Mine> mine, CancellationToken cancellation)
    {
        if (mine.Count == 0)
            return [];
        var ranges = mine.Select(m => (Id: m.Room.Id, After: m.Member.ReadUpTo, UpTo: m.Room.Head)).ToList();
        object[] asked = db.Database.IsNpgsql()
            ? [ranges.Select(r => r.Id).ToArray(), ranges.Select(r => r.After).ToArray(),
                ranges.Select(r => r.UpTo).ToArray(), userId]
            : [JsonSerializer.Serialize(ranges.Select(r => new object[] { r.Id, r.After, r.UpTo })), userId];
        var rows = await db.Database.SqlQueryRaw<UnreadRow>(RoomSql.Unread(db), asked).ToListAsync(cancellation);
        return rows.ToDictionary(r => r.RoomId, r => r.Unread);
    }

    /// <summary>
    /// The first members of each room by name, and its owner. As long as a room has no new event, they are the same for
    /// everybody, so few calls read them when a crowd comes back at once. The members of a direct room are read each
    /// time, because their read markers are part of the answer.
    /// </summary>
    private async Task<Dictionary<string, Listed>> FirstMembersAsync(
        LogDb db, IReadOnlyCollection<Mine> mine, CancellationToken cancellation)
    {
        var listed = new Dictionary<string, Listed>(mine.Count);
        var asked = new Dictionary<string, RoomRow>();
        foreach (var (_, room) in mine)
        {
            var shared = room.Kind != RoomKind.Direct;
            if (shared && _firstMembers.TryGetValue(room.Id, out var known) && known.Head == room.Head)
                listed[room.Id] = known;
            else
                asked[room.Id] = room;
        }
        if (asked.Count == 0)
            return listed;
        var forgotten = Volatile.Read(ref _forgotten);
        var read = db.Members.FromSqlRaw(RoomSql.FirstMembers(db), Ids(db, asked.Keys)).AsNoTracking();
        var rows = (await read.ToListAsync(cancellation)).ToLookup(m => m.RoomId);
        foreach (var room in asked.Values)
        {
            var first = rows[room.Id].DistinctBy(m => m.UserId)
                .OrderBy(m => m.UserName, StringComparer.Ordinal).ThenBy(m => m.UserId, StringComparer.Ordinal)
                .Take(MaxMembers).Select(m => new ListedMember(m.UserId, m.UserName, m.UserKind, m.ReadUpTo));
            var found = listed[room.Id] = new Listed(room.Head, [.. first],
                rows[room.Id].FirstOrDefault(m => m.Owner)?.UserId);
            if (room.Kind != RoomKind.Direct && forgotten == Volatile.Read(ref _forgotten))
                Remember(room.Id, found);
        }
        return listed;
    }

    /// <summary>
    /// Lists fewer members of each public room where all rooms together would list more than so many: an answer must
    /// not grow to tens of megabytes. The list of a room's members can be paged.
    /// </summary>
    internal static IReadOnlyList<Room> Bounded(IReadOnlyList<Room> rooms, int most)
    {
        if (rooms.Sum(r => r.Members.Count) <= most)
            return rooms;
        var share = Math.Max(1, most / Math.Max(1, rooms.Count(r => r.Kind == RoomKind.Public)));
        return [.. rooms.Select(r => r.Kind == RoomKind.Public && r.Members.Count > share
            ? r with { Members = [.. r.Members.Take(share)] }
            : r)];
    }

    private void Remember(string roomId, Listed found)
    {
        if (!_firstMembers.ContainsKey(roomId) && _firstMembers.Count >= MaxRemembered)
            _firstMembers.Clear();
        _firstMembers[roomId] = found;
    }

    /// <summary>
    /// The number of present members of a room. If a node of an earlier version has written last, its joins and leaves
    /// are added.
    /// </summary>
    private static async Task<int> CountAsync(LogDb db, RoomRow room, CancellationToken cancellation)
    {
        if (room.MemberCount is { } count && room.CountedAt == room.Head)
            return (int)count;
        var counted = await db.Database.SqlQueryRaw<CountRow>(RoomSql.MissedChanges, room.Id).ToListAsync(cancellation);
        return (int)counted.Single().Count;
    }

    private static object Ids(LogDb db, IEnumerable<string> ids) =>
        db.Database.IsNpgsql() ? ids.ToArray() : JsonSerializer.Serialize(ids);

    private sealed record Listed(long Head, IReadOnlyList<ListedMember> Members, string? Owner);

    private sealed record ListedMember(string UserId, string UserName, UserKind? UserKind, long ReadUpTo)
    {
        public UserRef Ref { get; } = new(UserId, UserName, UserKind);
    }
}

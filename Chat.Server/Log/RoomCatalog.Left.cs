using System.Collections.Frozen;
using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Memberships that have ended. A person may have left any number of rooms, so they are read by name, or the last ones.
/// </summary>
public sealed partial class RoomCatalog
{
    /// <summary>So many of the rooms that a person left last are known to their sessions.</summary>
    public const int LastLeft = 100;

    private const int PeopleAtOnce = 50;

    /// <summary>Of these rooms, those that a user has left, with the number of the leave.</summary>
    public Task<IReadOnlyDictionary<string, long>> LeftAsync(string userId, IReadOnlyList<string> roomIds) =>
        ReadAsync(userId, async (db, _) => (IReadOnlyDictionary<string, long>)(
            await NamedLeftAsync(db, userId, roomIds, CancellationToken.None))
            .ToDictionary(m => m.RoomId, m => m.LeftSeq));

    /// <summary>
    /// The present memberships of each of these users, and the last <see cref="LastLeft"/> that have ended. It reads a
    /// few people at a time; other reads run in between.
    /// </summary>
    public Task<IReadOnlyList<Membership>> MembershipsAsync(IReadOnlyCollection<string> userIds) =>
        ReadAsync(null, async (db, turn) =>
    {
        var found = new List<Membership>();
        foreach (var some in userIds.Chunk(PeopleAtOnce))
        {
            if (found.Count > 0)
                await turn.PassAsync(CancellationToken.None);
            found.AddRange(await db.Database.SqlQueryRaw<Membership>(RoomSql.Memberships(db), Ids(db, some))
                .ToListAsync());
        }
        return (IReadOnlyList<Membership>)found;
    });

    private static async Task<MyRooms> ReadLeftAsync(
        LogDb db, string userId, HashSet<string> present, IEnumerable<string> named, CancellationToken cancellation)
    {
        var last = await db.Database.SqlQueryRaw<LeftRow>(RoomSql.LastLeft(db), userId).ToListAsync(cancellation);
        var left = await NamedLeftAsync(db, userId, [.. named.Where(id => !present.Contains(id))], cancellation);
        // If the person came back to a room in between, the join tells of it.
        var all = last.Concat(left).Where(l => !present.Contains(l.RoomId)).DistinctBy(l => l.RoomId);
        return new MyRooms([], all.ToDictionary(l => l.RoomId, l => l.LeftSeq))
        {
            KnowsLeftSince = last.Count < LastLeft ? long.MinValue : last[^1].LeftAt,
        };
    }

    private static async Task<List<LeftRow>> NamedLeftAsync(
        LogDb db, string userId, IReadOnlyCollection<string> roomIds, CancellationToken cancellation) =>
        roomIds.Count == 0
            ? []
            : await db.Database.SqlQueryRaw<LeftRow>(RoomSql.Left(db), Ids(db, roomIds), userId)
                .ToListAsync(cancellation);
}

/// <summary>A membership that has ended.</summary>
internal sealed record LeftRow(string RoomId, long LeftSeq, long LeftAt);

/// <summary>The newest membership of one user in one room.</summary>
/// <param name="UserId">The user.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Join">The number of the join that it began with.</param>
/// <param name="LeftAt">When it ended, in milliseconds since 1970; null while it lasts.</param>
public sealed record Membership(string UserId, string RoomId, long Join, long? LeftAt);

/// <summary>The rooms of a user at one moment.</summary>
/// <param name="Rooms">Where they are a member.</param>
/// <param name="Left">The ids of rooms where they were, each with the number of the leave; not all of them.</param>
public sealed record MyRooms(IReadOnlyList<Room> Rooms, IReadOnlyDictionary<string, long> Left)
{
    /// <summary>
    /// Every membership that ended later than this, in milliseconds since 1970, is in <see cref="Left"/>.
    /// </summary>
    public long KnowsLeftSince { get; init; } = long.MinValue;

    /// <summary>Rooms in which the client's cursor is not of the log as it is, and counts as none.</summary>
    public IReadOnlySet<string> Unfit { get; init; } = FrozenSet<string>.Empty;
}

using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>One room as many of its members see it, read once for all of them.</summary>
public sealed partial class RoomCatalog
{
    /// <summary>Users in one question to the database.</summary>
    private const int UsersAtOnce = 500;

    /// <summary>
    /// A public or private room as each of these users sees it. The result leaves out users who are not members now.
    /// </summary>
    public Task<IReadOnlyDictionary<string, Room>> ForMembersAsync(
        string roomId, IReadOnlyCollection<string> userIds) => ReadAsync<IReadOnlyDictionary<string, Room>>(null, async (db, _) =>
    {
        var rooms = new Dictionary<string, Room>();
        // The room is read first: a person who is a member when the memberships are read may know the room as it was
        // before.
        if (await db.Rooms.AsNoTracking()
            .SingleOrDefaultAsync(r => r.Id == roomId && r.Kind != RoomKind.Direct) is not { } row)
            return rooms;
        var members = new List<MemberRow>();
        foreach (var some in userIds.Chunk(UsersAtOnce))
        {
            members.AddRange(await db.Members.Where(m => m.RoomId == roomId && m.LeftSeq == null
                && some.Contains(m.UserId))
                .AsNoTracking().ToListAsync());
        }
        if (members.Count == 0)
            return rooms;
        // The parts that all of them see alike are described once.
        var shared = (await DescribeAsync(db, members[0].UserId, [new Mine(members[0], row)],
            CancellationToken.None))[0];
        var unread = await UnreadTexts.ReadAsync(db, roomId, members.Min(m => m.ReadUpTo), row.Head);
        foreach (var member in members)
        {
            rooms[member.UserId] = shared with
            {
                ReadUpTo = member.ReadUpTo,
                Joined = member.JoinSeq,
                Unread = unread.Count(member.UserId, member.ReadUpTo),
            };
        }
        return rooms;
    });

    /// <summary>
    /// The newest messages of a room, up to <see cref="MaxUnread"/>, from which anybody's unread messages can be
    /// counted.
    /// </summary>
    private sealed class UnreadTexts
    {
        private readonly List<long> _all = [];
        private readonly Dictionary<string, List<long>> _bySender = [];

        public static async Task<UnreadTexts> ReadAsync(LogDb db, string roomId, long after, long head)
        {
            var texts = new UnreadTexts();
            if (after >= head)
                return texts;
            var found = await db.Database.SqlQueryRaw<UnreadText>(RoomSql.UnreadTexts(db), roomId, after).ToListAsync();
            for (var i = found.Count - 1; i >= 0; i--)
            {
                texts._all.Add(found[i].Seq);
                if (!texts._bySender.TryGetValue(found[i].SenderId, out var own))
                    texts._bySender[found[i].SenderId] = own = [];
                own.Add(found[i].Seq);
            }
            return texts;
        }

        /// <summary>
        /// The number of messages of others after a number; <see cref="MaxUnread"/> if they reach farther back than the
        /// messages that were read.
        /// </summary>
        public int Count(string userId, long readUpTo) => _all.Count == MaxUnread && readUpTo < _all[0]
            ? MaxUnread
            : After(_all, readUpTo) - (_bySender.TryGetValue(userId, out var own) ? After(own, readUpTo) : 0);

        private static int After(List<long> numbers, long readUpTo)
        {
            var place = numbers.BinarySearch(readUpTo);
            return numbers.Count - (place >= 0 ? place + 1 : ~place);
        }
    }
}

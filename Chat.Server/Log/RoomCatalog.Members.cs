using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>Lists of members.</summary>
public sealed partial class RoomCatalog
{
    /// <summary>The default number of members in a page.</summary>
    public const int MemberPageSize = 50;

    /// <summary>
    /// Present members whose names contain a text, by name, after a place. Looks at <see cref="MaxLooked"/> members at
    /// most, so a page may be short, and even empty, where there are more.
    /// </summary>
    /// <param name="userId">The caller, whose rights are not checked here.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="query">The text; empty for all.</param>
    /// <param name="after">The place after which the page begins.</param>
    /// <param name="limit">The most members in it.</param>
    /// <param name="cancellation">Gives up.</param>
    internal Task<MemberPage> MembersAsync(
        string userId, string roomId, string query, MemberPlace after, int limit, CancellationToken cancellation) =>
        ReadAsync(userId, async (db, _) =>
    {
        var key = NameKey.Of(query);
        if (key.Contains('\0'))
            return new MemberPage([]);
        var look = key.Length == 0 ? limit : MaxLooked;
        var looked = await db.Members.FromSqlRaw(RoomSql.MemberPage(db), roomId, after.Name, after.Id, look)
            .AsNoTracking().ToListAsync(cancellation);
        var found = looked.Where(m => key.Length == 0 || NameKey.Of(m.UserName).Contains(key, StringComparison.Ordinal))
            .Take(limit).ToList();
        var last = found.Count == limit ? found[^1] : looked.Count == look ? looked[^1] : null;
        var joins = found.Select(m => m.JoinSeq).ToArray();
        var times = joins.Length == 0 ? [] : await db.Events.Where(e => e.RoomId == roomId && joins.Contains(e.Seq))
            .Select(e => new { e.Seq, e.At }).ToDictionaryAsync(e => e.Seq, e => e.At, cancellation);
        return new MemberPage(
            [.. found.Select(m => new RoomMember(
                m.UserId, m.UserName, m.Owner ? MemberRole.Owner : MemberRole.Member,
                DateTimeOffset.FromUnixTimeMilliseconds(times[m.JoinSeq]).UtcDateTime, m.UserKind))],
            last is null ? null : new MemberPlace(last.UserName, last.UserId).ToString());
    }, cancellation);
}

using System.Text;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>Finding public rooms by name.</summary>
public sealed partial class RoomCatalog
{
    /// <summary>The shortest part of a name that an index of trigrams finds, in characters.</summary>
    private const int Trigram = 3;

    /// <summary>
    /// Public rooms that a user is not in, that somebody is in, and whose name contains a text. Those with most members
    /// come first; rooms with as many are in the order of their names. At most <see cref="MaxFound"/>, among at most
    /// <see cref="MaxLooked"/> that the index finds. Texts of less than three characters are found at the beginning of
    /// any name, and inside the names of the <see cref="MaxLooked"/> rooms with most members. The same holds for all
    /// texts if PostgreSQL has no pg_trgm.
    /// </summary>
    public Task<IReadOnlyList<Room>> PublicAsync(string userId, string? query) => ReadAsync(userId, async (db, _) =>
    {
        var key = NameKey.Of(query ?? "");
        if (key.Contains('\0'))
            return []; // no name has it, and PostgreSQL does not even take the question
        var found = key.EnumerateRunes().Count() >= Trigram && await RoomNameSearch.HasTrigramsAsync(db)
            ? await db.Rooms.FromSqlRaw(RoomSql.FoundByTrigrams(db), Pattern(db, key), userId).AsNoTracking()
                .ToListAsync()
            : await FindWithoutTrigramsAsync(db, userId, key);
        var ordered = found.Where(r => !IsEmpty(r)).OrderByDescending(r => r.MemberCount ?? 0)
            .ThenBy(r => r.NameKey, StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal);
        return (IReadOnlyList<Room>)[.. ordered.Take(MaxFound).Select(Found)];
    });

    /// <summary>
    /// Whether any part of a room's name can be looked up; otherwise searches are as described at
    /// <see cref="PublicAsync"/>.
    /// </summary>
    public Task<bool> FindsPartsOfNamesAsync() => ReadAsync(null, (db, _) => RoomNameSearch.HasTrigramsAsync(db));

    private static Room Found(RoomRow room) => new()
    {
        Id = room.Id,
        Kind = room.Kind,
        Name = room.Name,
        Topic = room.Topic,
        Head = room.Head,
        MemberCount = (int)(room.MemberCount ?? 0),
    };

    /// <summary>Everybody has left; where an older node wrote last, the count is not known.</summary>
    private static bool IsEmpty(RoomRow room) => room.MemberCount == 0 && room.CountedAt == room.Head;

    private static async Task<List<RoomRow>> FindWithoutTrigramsAsync(LogDb db, string userId, string key)
    {
        var rooms = db.Rooms.Where(r => r.Kind == RoomKind.Public);
        // Nodes of an earlier version make rooms that nobody has counted yet.
        var large = await Others(db, userId, key, rooms.Where(r => r.MemberCount > 0))
            .OrderByDescending(r => r.MemberCount).ThenBy(r => r.NameKey).ThenBy(r => r.Id).Take(MaxFound)
            .ToListAsync();
        var found = large.Concat(await Others(db, userId, key, rooms.Where(r => r.MemberCount == null)).ToListAsync());
        if (key.Length > 0)
        {
            // U+10FFFF is above every character of a name.
            var end = key + new Rune(0x10FFFF);
            var named = rooms.Where(r => r.NameKey.CompareTo(key) >= 0 && r.NameKey.CompareTo(end) < 0)
                .OrderBy(r => r.NameKey).ThenBy(r => r.Id).Take(MaxLooked);
            found = found.Concat(await NotMine(db, userId, named).ToListAsync());
        }
        return [.. found.DistinctBy(r => r.Id)];
    }

    /// <summary>The first of these rooms by members and name, of them those whose name contains a text.</summary>
    private static IQueryable<RoomRow> Others(LogDb db, string userId, string key, IQueryable<RoomRow> rooms)
    {
        var first = rooms.OrderByDescending(r => r.MemberCount).ThenBy(r => r.NameKey).ThenBy(r => r.Id)
            .Take(MaxLooked);
        return NotMine(db, userId, key.Length == 0 ? first : first.Where(r => r.NameKey.Contains(key)));
    }

    private static IQueryable<RoomRow> NotMine(LogDb db, string userId, IQueryable<RoomRow> rooms) => rooms
        .Where(r => !db.Members.Any(m => m.RoomId == r.Id && m.UserId == userId && m.LeftSeq == null)).AsNoTracking();

    /// <summary>A phrase for FTS5, a pattern for LIKE.</summary>
    private static string Pattern(LogDb db, string key) => db.Database.IsNpgsql()
        ? $"%{LikeWildcards().Replace(key, "\\$0")}%"
        : $"\"{key.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex LikeWildcards();
}

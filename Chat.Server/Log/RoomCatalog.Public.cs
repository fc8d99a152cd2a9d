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
    /// Public rooms that a user is not in and whose name contains a text, by name; at most <see cref="MaxFound"/>, and
    /// among at most <see cref="MaxLooked"/> that the index finds. Texts of less than three characters are found at the
    /// beginning of any name, and inside the first <see cref="MaxLooked"/> names. The same holds for all texts if
    /// PostgreSQL has no pg_trgm.
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
        var byName = found.OrderBy(r => r.NameKey, StringComparer.Ordinal).ThenBy(r => r.Id, StringComparer.Ordinal);
        return (IReadOnlyList<Room>)[.. byName.Take(MaxFound).Select(Found)];
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

    private static async Task<List<RoomRow>> FindWithoutTrigramsAsync(LogDb db, string userId, string key)
    {
        var rooms = db.Rooms.Where(r => r.Kind == RoomKind.Public);
        var inside = await Others(db, userId, ByName(rooms).Where(r => r.NameKey.Contains(key)));
        if (key.Length == 0)
            return inside;
        // U+10FFFF is above every character of a name.
        var end = key + new Rune(0x10FFFF);
        var named = rooms.Where(r => r.NameKey.CompareTo(key) >= 0 && r.NameKey.CompareTo(end) < 0);
        var beginning = await Others(db, userId, ByName(named));
        return [.. beginning.UnionBy(inside, r => r.Id)];
    }

    private static IQueryable<RoomRow> ByName(IQueryable<RoomRow> rooms) =>
        rooms.OrderBy(r => r.NameKey).ThenBy(r => r.Id).Take(MaxLooked);

    private static Task<List<RoomRow>> Others(LogDb db, string userId, IQueryable<RoomRow> rooms) => rooms
        .Where(r => !db.Members.Any(m => m.RoomId == r.Id && m.UserId == userId && m.LeftSeq == null))
        .OrderBy(r => r.NameKey).ThenBy(r => r.Id).Take(MaxFound).AsNoTracking().ToListAsync();

    /// <summary>A phrase for FTS5, a pattern for LIKE.</summary>
    private static string Pattern(LogDb db, string key) => db.Database.IsNpgsql()
        ? $"%{LikeWildcards().Replace(key, "\\$0")}%"
        : $"\"{key.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex LikeWildcards();
}

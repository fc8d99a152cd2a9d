using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>Finds rooms by what people call them.</summary>
public static class RoomNames
{
    /// <summary>
    /// The room of this id, or else of this name whatever its case, with or without <c>#</c>; among rooms of one name a direct one
    /// comes last. Null if there is none; throws <c>invalid</c> if the name does not tell which.
    /// </summary>
    public static Room? Find(IEnumerable<Room> rooms, string text)
    {
        var all = rooms.ToList();
        if (all.Find(r => r.Id == text) is { } exact)
            return exact;
        var name = text.TrimStart('#', '@');
        var named = Named(all, text);
        var shared = named.Where(r => r.Kind != RoomKind.Direct).ToList();
        if (shared.Count > 1)
            throw new ChatException(ErrorCodes.Invalid, $"There are {shared.Count} rooms called {name}; use an id: {string.Join(", ", shared.Select(r => r.Id))}.");
        return shared is [var room] ? room : named.FirstOrDefault(r => r.Kind == RoomKind.Direct);
    }

    /// <summary>The rooms of this name, whatever its case, with or without <c>#</c>.</summary>
    public static IReadOnlyList<Room> Named(IEnumerable<Room> rooms, string text) =>
        [.. rooms.Where(r => string.Equals(r.Name, text.TrimStart('#', '@'), StringComparison.OrdinalIgnoreCase))];

    /// <summary>As lists show them: rooms by name, then people by name.</summary>
    public static IReadOnlyList<Room> Ordered(IEnumerable<Room> rooms) =>
        [.. rooms.OrderBy(r => r.Kind == RoomKind.Direct).ThenBy(r => r.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(r => r.Id, StringComparer.Ordinal)];

    /// <summary>A room's name with what it is: <c>#ops</c>, or the name of the other person.</summary>
    public static string Title(Room room) => room.Kind == RoomKind.Direct ? TerminalText.Line(room.Name) : $"#{TerminalText.Line(room.Name)}";
}

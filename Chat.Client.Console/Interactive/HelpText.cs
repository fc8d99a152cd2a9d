namespace Chat.Client.Console.Interactive;

/// <summary>What <c>/help</c> and F1 show.</summary>
public static class HelpText
{
    /// <summary>Each key of the screen and what it does.</summary>
    public static IReadOnlyList<(string Key, string Does)> Keys { get; } =
    [
        ("Enter", "send"),
        ("Alt-Enter, Ctrl-J", "new line"),
        ("Tab, Shift-Tab", "complete a name, room or command"),
        ("↑ ↓", "what you entered before"),
        ("PgUp PgDn", "scroll; older messages load at the top"),
        ("Ctrl-Home Ctrl-End", "to the oldest loaded, to the newest"),
        ("Alt-↑ Alt-↓", "room above, room below"),
        ("Alt-N", "next room with something unread"),
        ("Alt-1 … Alt-9", "room by its place in the list"),
        ("Ctrl-L", "draw the screen again"),
        ("F1", "show or hide this help"),
        ("Ctrl-C, Ctrl-Q", "quit"),
    ];

    /// <summary>All commands, or one of them; with or without its slash.</summary>
    public static string For(string command)
    {
        var name = command.TrimStart('/');
        if (name.Length > 0)
            return SlashCommand.Find(name) is { } one ? $"{one.Usage}: {one.Help}" : $"There is no /{name}.";
        var lines = SlashCommand.All.Select(c => (Left: c.Usage, Right: c.Help)).Append((Left: "//TEXT", Right: "a message that begins with a slash"));
        return $"Commands:\n{Table(lines)}";
    }

    /// <summary>The keys of the screen, one a line.</summary>
    public static string ForKeys() => $"Keys:\n{Table(Keys)}";

    private static string Table(IEnumerable<(string Left, string Right)> rows)
    {
        var all = rows.ToList();
        var width = all.Where(r => r.Left.Length <= 24).Max(r => r.Left.Length);
        return string.Join('\n', all.Select(r => $"  {r.Left.PadRight(width)}  {r.Right}"));
    }
}

namespace Chat.Client.Console.Interactive;

/// <summary>Names that Tab may offer.</summary>
/// <param name="People">Names of people, the most likely first.</param>
/// <param name="Rooms">Names of rooms.</param>
public sealed record CompletionNames(IReadOnlyList<string> People, IReadOnlyList<string> Rooms);

/// <summary>The words that could stand at the caret, in turn: each Tab takes the next one.</summary>
public sealed class Completion
{
    private static readonly string[] s_transports = ["auto", "websockets", "sse", "longpolling"];

    private readonly string _before;
    private readonly string _after;
    private int _current = -1;

    private Completion(string before, string after, IReadOnlyList<string> candidates) =>
        (_before, _after, Candidates) = (before, after, candidates);

    /// <summary>What could stand there, in the order of offering.</summary>
    public IReadOnlyList<string> Candidates { get; }

    /// <summary>Completes the word that ends at the caret; null if nothing fits.</summary>
    public static Completion? At(string text, int caret, CompletionNames names)
    {
        var head = text[..caret];
        var start = head.LastIndexOfAny([' ', '\n', '\t']) + 1;
        var space = head.IndexOf(' ', StringComparison.Ordinal);
        var command = head.StartsWith('/') && space > 0 ? SlashCommand.Find(head[1..space]) : null;
        // The name of a room may have spaces, so all that follows the command is one argument; other arguments are one word.
        if (command?.Completes == Completes.Rooms)
            start = space + 1;
        else if (start > space + 1)
            command = null;

        var word = head[start..];
        var candidates = Fitting(word, start, head, command, names).Distinct(StringComparer.Ordinal).ToList();
        return candidates.Count == 0 ? null : new Completion(head[..start], text[caret..], candidates);
    }

    /// <summary>The text with the next candidate (or the one before), and where the caret goes.</summary>
    public (string Text, int Caret) Next(bool backwards = false)
    {
        _current = backwards
            ? (_current <= 0 ? Candidates.Count : _current) - 1
            : (_current + 1) % Candidates.Count;
        var head = _before + Candidates[_current];
        return (head + _after, head.Length);
    }

    private static IEnumerable<string> Fitting(string word, int start, string head, SlashCommand? command, CompletionNames names)
    {
        if (start == 0 && head.StartsWith('/') && !head.StartsWith("//", StringComparison.Ordinal))
            return Matching(SlashCommand.All.Select(c => $"/{c.Name}"), word).Select(c => $"{c} ");

        switch (command?.Completes)
        {
            case Completes.People: return Matching(names.People, word).Select(n => $"{n} ");
            case Completes.Rooms: return Matching(names.Rooms, word.TrimStart('#'));
            case Completes.Transports: return Matching(s_transports, word);
            case Completes.Commands: return Matching(SlashCommand.All.Select(c => c.Name), word.TrimStart('/'));
        }

        if (word.StartsWith('@'))
            return Matching(names.People, word[1..]).Select(n => $"@{n} ");
        if (word.StartsWith('#'))
            return Matching(names.Rooms, word[1..]).Select(n => $"#{n} ");
        // At the beginning a name is an address, as in "D: hello".
        return word.Length == 0 ? [] : Matching(names.People, word).Select(n => start == 0 ? $"{n}: " : $"{n} ");
    }

    private static IEnumerable<string> Matching(IEnumerable<string> words, string prefix) =>
        words.Where(w => w.StartsWith(prefix, StringComparison.CurrentCultureIgnoreCase));
}

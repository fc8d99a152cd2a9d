using System.Globalization;

namespace Chat.Client.Console.Interactive;

/// <summary>
/// The text being written, with its caret. It moves and deletes by what a person sees as one character (a grapheme cluster).
/// </summary>
public sealed class InputLine
{
    /// <summary>The text; lines end with <c>\n</c>.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, never inside a grapheme cluster.</summary>
    public int Caret { get; private set; }

    /// <summary>Replaces everything; the caret goes to <paramref name="caret"/> or to the end.</summary>
    public void Set(string text, int? caret = null)
    {
        Text = text;
        Caret = Math.Clamp(caret ?? text.Length, 0, text.Length);
    }

    /// <summary>Inserts at the caret. Any kind of line end becomes <c>\n</c>; other control characters but the tab are left out.</summary>
    public void Insert(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var kept = string.Concat(lines.Where(c => c is '\n' or '\t' || !char.IsControl(c)));
        Set(Text.Insert(Caret, kept), Caret + kept.Length);
    }

    /// <summary>Deletes the character before the caret.</summary>
    public void Backspace() => Delete(Before(Caret), Caret);

    /// <summary>Deletes the character after the caret.</summary>
    public void Delete() => Delete(Caret, After(Caret));

    /// <summary>Deletes the word before the caret.</summary>
    public void DeleteWord() => Delete(WordBefore(), Caret);

    /// <summary>Deletes from the beginning of the line to the caret.</summary>
    public void DeleteToLineStart() => Delete(LineStart(Caret), Caret);

    /// <summary>Deletes from the caret to the end of the line.</summary>
    public void DeleteToLineEnd() => Delete(Caret, LineEnd(Caret));

    /// <summary>One character left.</summary>
    public void Left() => Caret = Before(Caret);

    /// <summary>One character right.</summary>
    public void Right() => Caret = After(Caret);

    /// <summary>To the beginning of the word before.</summary>
    public void WordLeft() => Caret = WordBefore();

    /// <summary>Past the end of the next word.</summary>
    public void WordRight()
    {
        while (Caret < Text.Length && char.IsWhiteSpace(Text[Caret]))
            Right();
        while (Caret < Text.Length && !char.IsWhiteSpace(Text[Caret]))
            Right();
    }

    /// <summary>To the beginning of the line.</summary>
    public void Home() => Caret = LineStart(Caret);

    /// <summary>To the end of the line.</summary>
    public void End() => Caret = LineEnd(Caret);

    /// <summary>To the line above; false if this is the first one.</summary>
    public bool Up()
    {
        var start = LineStart(Caret);
        if (start == 0)
            return false;
        Caret = Advance(LineStart(start - 1), Clusters(start, Caret));
        return true;
    }

    /// <summary>To the line below; false if this is the last one.</summary>
    public bool Down()
    {
        var end = LineEnd(Caret);
        if (end == Text.Length)
            return false;
        Caret = Advance(end + 1, Clusters(LineStart(Caret), Caret));
        return true;
    }

    private void Delete(int from, int to) => Set(Text.Remove(from, to - from), from);

    private int LineStart(int at) => at == 0 ? 0 : Text.LastIndexOf('\n', at - 1) + 1;

    private int LineEnd(int at) => Text.IndexOf('\n', at) is >= 0 and var end ? end : Text.Length;

    private int After(int at) => at >= Text.Length ? Text.Length : at + StringInfo.GetNextTextElementLength(Text, at);

    // Clusters can only be told from the front; a line is a safe place to begin.
    private int Before(int at)
    {
        var last = at > 0 && Text[at - 1] == '\n' ? at - 1 : LineStart(at);
        for (var next = last; next < at; next = After(next))
            last = next;
        return last;
    }

    private int WordBefore()
    {
        var at = Caret;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
            at = Before(at);
        while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
            at = Before(at);
        return at;
    }

    private int Clusters(int from, int to)
    {
        var count = 0;
        for (var at = from; at < to; at = After(at))
            count++;
        return count;
    }

    private int Advance(int from, int clusters)
    {
        var end = LineEnd(from);
        for (; clusters > 0 && from < end; clusters--)
            from = After(from);
        return Math.Min(from, end);
    }
}

using System.Globalization;
using System.Text;

namespace Chat.Client.Console.Interactive;

/// <summary>
/// Makes what others wrote safe to print: no escape sequence reaches the terminal, no text is shown in another
/// order than it has, and nothing invisible is passed over in silence.
/// </summary>
public static class TerminalText
{
    // More marks than any orthography stacks; beyond this they only paint over the neighbouring lines.
    private const int MaxMarks = 8;

    /// <summary>A text of several lines: <c>\n</c> stays, a tab becomes spaces, what could harm is written as <c>\u{…}</c>.</summary>
    public static string Lines(string text) => Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal), keepNewlines: true);

    /// <summary>A text of one line, such as a name or a topic; line breaks become spaces.</summary>
    public static string Line(string text) => Clean(text.ReplaceLineEndings(" "), keepNewlines: false);

    /// <summary>
    /// Any text as it may be printed: line ends and tabs stay, harmful characters are written as <c>\u{…}</c>, and
    /// everything else stays unchanged.
    /// </summary>
    public static string Shown(string text)
    {
        if (!text.EnumerateRunes().Any(Harms))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Harms(rune))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                shown.Append(rune.ToString());
        }
        return shown.ToString();

        static bool Harms(Rune rune) => rune.Value is not ('\n' or '\t') && MustShow(rune);
    }

    /// <summary>Whether a character must not reach a terminal as it is.</summary>
    public static bool MustShow(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => !ScriptsNeed(rune.Value),
        _ => false,
    };

    // Joiners (Persian, Indic scripts, emoji), the directional marks that reorder nothing by themselves, the soft hyphen, Arabic number signs.
    private static bool ScriptsNeed(int value) => value is 0x200C or 0x200D or 0x200E or 0x200F or 0x061C or 0x00AD or (>= 0x0600 and <= 0x0605);

    private static string Clean(string text, bool keepNewlines)
    {
        var clean = new StringBuilder(text.Length);
        var marks = 0;
        // A lone surrogate comes out of the enumeration as U+FFFD.
        foreach (var rune in text.EnumerateRunes())
        {
            marks = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (rune.Value == '\n' && keepNewlines)
                clean.Append('\n');
            else if (rune.Value == '\t')
                clean.Append("    ");
            else if (MustShow(rune))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else if (marks <= MaxMarks)
                clean.Append(rune.ToString());
        }
        return clean.ToString();
    }
}

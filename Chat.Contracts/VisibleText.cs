using System.Globalization;
using System.Text;

namespace Chat.Contracts;

/// <summary>Tells text that people can see from text that shows nothing, by Unicode's own lists.</summary>
public static class VisibleText
{
    /// <summary>
    /// Default_Ignorable_Code_Point of Unicode 17 (DerivedCoreProperties.txt), as ranges of a first and a last
    /// character. A program shows nothing for them if no font has a glyph.
    /// </summary>
    private static readonly (int First, int Last)[] s_ignorable =
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    /// <summary>Whether at least one character of a text leaves something on the screen.</summary>
    public static bool ShowsSomething(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsVisible(rune))
                return true;
        }
        return false;
    }

    /// <summary>Whether a character has the property Default_Ignorable_Code_Point.</summary>
    public static bool IsIgnorable(Rune rune)
    {
        foreach (var (first, last) in s_ignorable)
        {
            if (rune.Value <= last)
                return rune.Value >= first;
        }
        return false;
    }

    // The Braille pattern without dots is a symbol, but blank.
    private static bool IsVisible(Rune rune) => rune.Value != 0x2800
        && !IsIgnorable(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate);
}

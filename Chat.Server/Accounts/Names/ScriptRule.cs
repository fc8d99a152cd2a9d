using System.Globalization;
using System.Text;

namespace Chat.Server.Accounts.Names;

/// <summary>
/// Checks which characters may stand beside each other in a name: the restriction level "Highly Restrictive" of UTS
/// #39, section 5.2, and its limits for digits (5.3) and marks (5.4). Letters that Unicode calls rarely used today are
/// allowed, because some people's names have them.
/// </summary>
internal static class ScriptRule
{
    private const string Latin = "Latn";
    private const int MostMarks = 4;

    // The writing systems that may stand beside Latin. The script sets are augmented, so that those of Han, Hiragana
    // and Katakana all contain Jpan.
    private static readonly string[] s_besideLatin = ["Jpan", "Hanb", "Kore"];

    /// <summary>
    /// Whether the characters of a name are of one script, or of Latin and one writing system of East Asia.
    /// </summary>
    public static bool IsOfOneScript(string name)
    {
        var used = name.EnumerateRunes().Select(UnicodeData.Instance.ScriptsOf).OfType<IReadOnlySet<string>>().ToList();
        if (used.Count == 0)
            return true;
        return used[0].Any(script => used.TrueForAll(s => s.Contains(script)))
            || s_besideLatin.Any(system => used.TrueForAll(s => s.Contains(Latin) || s.Contains(system)));
    }

    /// <summary>Whether all digits of a name count from the same zero.</summary>
    public static bool HasOneKindOfDigits(string name) => name.EnumerateRunes().Where(Rune.IsDigit)
        .Select(digit => digit.Value - (int)Rune.GetNumericValue(digit)).Distinct().Take(2).Count() <= 1;

    /// <summary>
    /// Whether marks follow letters, at most four on one, and none twice in a row, which nobody could see.
    /// </summary>
    public static bool HasMarksInOrder(string name)
    {
        var (marks, before) = (0, default(Rune));
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsMark(rune))
            {
                if ((marks == 0 && !Rune.IsLetter(before)) || ++marks > MostMarks || rune == before)
                    return false;
            }
            else
            {
                marks = 0;
            }
            before = rune;
        }
        return true;
    }

    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}

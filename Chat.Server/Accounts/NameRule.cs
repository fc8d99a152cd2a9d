using System.Globalization;
using System.Text;
using Chat.Contracts;
using Chat.Server.Accounts.Names;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Accounts;

/// <summary>Which names there are, and when two of them are the same.</summary>
public static class NameRule
{
    private const string Text = "name: 2 to 32 letters, digits, '.', '_' or '-'";

    /// <summary>
    /// Words that have another meaning where a name may stand. Names that look like them are refused as well.
    /// </summary>
    private static readonly HashSet<string> s_reserved = [.. ((string[])["all", "here", "system", "deleted"])
        .Select(NameLook.KeyOf)];

    /// <summary>A new name as it is kept and shown: composed (NFC), otherwise as it was typed.</summary>
    /// <exception cref="ChatException"><c>invalid</c>, or <c>name_taken</c> if it is reserved.</exception>
    public static string Check(string? name)
    {
        var composed = CheckKnown(name);
        if (!IsReadable(composed) || !IsReadable(composed.Normalize(NormalizationForm.FormKC)))
            throw new ChatException(ErrorCodes.Invalid,
                "name: letters of one script and one kind of digits; Latin may stand beside Chinese, Japanese or "
                    + "Korean");
        // In a path, a segment of dots only means a step up.
        if (composed.All(c => c == '.'))
            throw new ChatException(ErrorCodes.Invalid, "name: not only dots");
        // …/members/me is whoever asks.
        if (NameKey.Of(composed) == "me") throw new ChatException(ErrorCodes.NameTaken, "name: 'me' means everybody");
        if (s_reserved.Contains(NameLook.KeyOf(composed)))
            throw new ChatException(ErrorCodes.NameTaken,
                "name: this word, or one that looks like it, has a meaning here");
        return composed;
    }

    /// <summary>
    /// Checks a name that an account may have had for long; rules that are newer than the name do not count.
    /// </summary>
    /// <exception cref="ChatException"><c>invalid</c>: there never was such a name.</exception>
    public static string CheckKnown(string? name) =>
        name is not null && TryCheck(name, out var composed) ? composed
            : throw new ChatException(ErrorCodes.Invalid, Text);

    /// <summary>
    /// Whether an account can have such a name, new or old. Characters are Unicode scalar values. The compatibility
    /// form must obey the same rule, because some single letters stand for a phrase with spaces.
    /// </summary>
    public static bool TryCheck(string name, out string composed)
    {
        composed = "";
        // Twice the longest: decomposed input may be that much longer. Anything beyond is not worth normalizing.
        if (name.Length > Limits.NameMax * 4 || !IsWellFormed(name)) return false;
        composed = name.Normalize(NormalizationForm.FormC);
        return Obeys(composed) && Obeys(composed.Normalize(NormalizationForm.FormKC));
    }

    private static bool Obeys(string name)
    {
        var length = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsAllowed(rune) || ++length > Limits.NameMax) return false;
        }
        return length >= Limits.NameMin && ScriptRule.HasMarksInOrder(name);
    }

    private static bool IsReadable(string name) =>
        ScriptRule.IsOfOneScript(name) && ScriptRule.HasOneKindOfDigits(name);

    private static bool IsAllowed(Rune rune) => rune.Value is '.' or '_' or '-'
        || (!VisibleText.IsIgnorable(rune) && (ScriptRule.IsMark(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber));

    private static bool IsWellFormed(string text)
    {
        foreach (var rune in text.AsSpan().EnumerateRunes())
        {
            // Enumerating replaces what is not well-formed.
            if (rune == Rune.ReplacementChar) return false;
        }
        return true;
    }
}

/// <summary>Lets Identity compare names by <see cref="NameRule"/>.</summary>
internal sealed class NameNormalizer : ILookupNormalizer
{
    public string? NormalizeName(string? name) => name is null ? null : NameKey.Of(name);

    public string? NormalizeEmail(string? email) => NormalizeName(email);
}

using System.Globalization;
using System.Text;
using Chat.Contracts;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Accounts;

/// <summary>Which names there are, and when two of them are the same.</summary>
public static class NameRule
{
    private const string Text = "name: 2 to 32 letters, digits, '.', '_' or '-'";

    /// <summary>The name as it is kept and shown: composed (NFC), otherwise as it was typed.</summary>
    /// <exception cref="ChatException"><c>invalid</c></exception>
    public static string Check(string? name)
    {
        if (name is null || !TryCheck(name, out var composed)) throw new ChatException(ErrorCodes.Invalid, Text);
        // …/members/me is whoever asks.
        if (NameKey.Of(composed) == "me") throw new ChatException(ErrorCodes.NameTaken, "name: 'me' means everybody");
        return composed;
    }

    /// <summary>
    /// Characters are Unicode scalar values. The compatibility form must obey the same rule: there are single letters that stand
    /// for a phrase with spaces.
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
        return length >= Limits.NameMin;
    }

    private static bool IsAllowed(Rune rune) => rune.Value switch
    {
        '.' or '_' or '-' => true,
        // The Hangul fillers are letters that nobody sees.
        0x115F or 0x1160 or 0x3164 or 0xFFA0 => false,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber,
    };

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

using System.Text;
using Chat.Contracts;

namespace Chat.Server.Accounts.Names;

/// <summary>Computes the look of names, so that nobody registers a name that passes for another.</summary>
public static class NameLook
{
    /// <summary>
    /// A key that is equal for names that look alike: the skeletons (UTS #39, section 4) of the name before and after
    /// case folding. The first finds a capital I that looks like an l; the second compares names in either case. The
    /// key is for comparing only and is never shown.
    /// </summary>
    public static string KeyOf(string name) => Skeleton(NameKey.Of(Skeleton(name)));

    private static string Skeleton(string text)
    {
        var skeleton = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (VisibleText.IsIgnorable(rune))
                continue;
            var prototype = UnicodeData.Instance.PrototypeOf(rune);
            if (prototype is null)
                skeleton.Append(rune.ToString());
            else if (!IsApostrophe(rune, prototype))
                skeleton.Append(prototype);
        }
        return skeleton.ToString().Normalize(NormalizationForm.FormD);
    }

    /// <summary>
    /// Letters of Latin or of all scripts that look like punctuation (U+02BC, U+A78C) are left out, so a name with one
    /// of them looks the same without it. In other scripts such letters are full ones: the Hebrew yod looks like an
    /// apostrophe, too.
    /// </summary>
    private static bool IsApostrophe(Rune rune, string prototype) =>
        Rune.IsLetter(rune) && UnicodeData.Instance.ScriptsOf(rune) is var scripts
            && (scripts is null || scripts.Contains("Latn"))
        && prototype.EnumerateRunes().All(r => Rune.IsPunctuation(r) || Rune.IsSymbol(r));
}

using System.Text;
using Chat.Contracts;

namespace Chat.Server.Accounts.Names;

/// <summary>What names look like, so that nobody registers one that passes for another.</summary>
public static class NameLook
{
    /// <summary>
    /// The same for names that look alike: the skeleton of UTS #39, section 4, before and after case is folded. Before,
    /// since a capital I looks like an l; after, since a person may be written in either case. It is for comparing
    /// only, and never shown.
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
    /// Letters of Latin or of all scripts that look like punctuation (U+02BC, U+A78C) are overlooked, so they make no
    /// other name. In other scripts such letters are full ones: the Hebrew yod looks like an apostrophe, too.
    /// </summary>
    private static bool IsApostrophe(Rune rune, string prototype) =>
        Rune.IsLetter(rune) && UnicodeData.Instance.ScriptsOf(rune) is var scripts
            && (scripts is null || scripts.Contains("Latn"))
        && prototype.EnumerateRunes().All(r => Rune.IsPunctuation(r) || Rune.IsSymbol(r));
}

using System.Text;

namespace Chat.Contracts;

/// <summary>Names as they are compared: by NFKC and case folding, so that case, width and composition make no other name.</summary>
public static class NameKey
{
    /// <summary>
    /// The key of a name: the same for names that are the same. Text that is not well-formed Unicode, which no name is, is its own key.
    /// </summary>
    public static string Of(string name) => !IsWellFormed(name)
        ? name
        // .NET has no case folding: upper case first, then lower, lets letters with several lower-case forms (σ, ς) meet; ß and ss are
        // what full case folding (Unicode 5.18) adds to that for letters in use.
        : name.Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant()
            .Replace("ß", "ss", StringComparison.Ordinal).Normalize(NormalizationForm.FormKC);

    private static bool IsWellFormed(string text)
    {
        // U+FFFD itself is well-formed; where enumerating put it in is not.
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return false;
            i++;
        }
        return true;
    }
}

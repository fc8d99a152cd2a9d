using System.Text;

namespace Chat.Contracts;

/// <summary>Names as they are compared: NFKC, then case folded, so that look-alikes of the same letters are one name.</summary>
public static class NameKey
{
    /// <summary>The key of a name. Throws <see cref="ArgumentException"/> for text that is not well-formed Unicode.</summary>
    public static string Of(string name) =>
        // .NET has no case folding of its own: upper-casing first merges what has several lower-case forms (ς and σ, ſ and s).
        name.Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormKC);
}

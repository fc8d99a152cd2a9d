using System.Text.RegularExpressions;

namespace Chat.Client.Console.Doctor;

/// <summary>What to change about a fault.</summary>
/// <param name="Fault">One of <see cref="Faults"/>.</param>
/// <param name="Title">What it is called in a sentence.</param>
/// <param name="Cause">The likely cause, and what it is good to know.</param>
/// <param name="Lines">By product, such as <c>nginx</c>, what its configuration needs.</param>
public sealed record Remedy(string Fault, string Title, string Cause, IReadOnlyList<(string Product, string Text)> Lines);

/// <summary>
/// <c>docs/proxies.md</c>, which is part of the program: a section <c>## fault: title</c> for each fault, its paragraphs, and below
/// <c>### product</c> the lines in a code block.
/// </summary>
public static partial class Remedies
{
    /// <summary>All of them, by fault.</summary>
    public static IReadOnlyDictionary<string, Remedy> All { get; } = Parse(Text()).ToDictionary(r => r.Fault);

    /// <summary>What a fault is called in a sentence; null for one without a section.</summary>
    public static string? TitleOf(string fault) => All.GetValueOrDefault(fault)?.Title;

    /// <summary>Reads the sections of such a text.</summary>
    public static IEnumerable<Remedy> Parse(string text)
    {
        foreach (Match section in Section().Matches(text))
        {
            var body = section.Groups[3].Value;
            var products = Product().Matches(body);
            var cause = products is [] ? body : body[..products[0].Index];
            yield return new Remedy(section.Groups[1].Value, section.Groups[2].Value.Trim(), Unwrap(cause),
                [.. products.Select(p => (p.Groups[1].Value.Trim(), p.Groups[2].Value.Trim('\n')))]);
        }
    }

    private static string Unwrap(string paragraphs) =>
        string.Join("\n", paragraphs.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(p => p.ReplaceLineEndings(" ")));

    private static string Text()
    {
        using var stream = typeof(Remedies).Assembly.GetManifestResourceStream("proxies.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^## ([a-z_0-9]+): (.+)\n((?:(?!## ).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^### (.+)\n+```[a-z]*\n((?:(?!```).*\n)*)```", RegexOptions.Multiline)]
    private static partial Regex Product();
}

using System.Text.RegularExpressions;

namespace Chat.Server.Page;

/// <summary>
/// The <c>Link</c> header that names the scripts and styles of the first load (RFC 8288, HTML's <c>preload</c> and <c>modulepreload</c>): a proxy in
/// front can make a 103 of it. It asks for them just as the page's own elements do, so that nothing is loaded twice.
/// </summary>
internal static partial class PreloadHints
{
    /// <summary>For a page as the build made it; empty if it names none.</summary>
    public static string Of(string html) => string.Join(", ",
    [
        .. from script in Scripts().Matches(html) select $"<{script.Groups[1].Value}>; rel=modulepreload",
        .. from style in Styles().Matches(html) select $"<{style.Groups[2].Value}>; rel=preload; as=style{(style.Groups[1].Length > 0 ? "; crossorigin" : "")}",
    ]);

    [GeneratedRegex(@"<script\s[^>]*type=""module""[^>]*\ssrc=""(/[^""]+)""")]
    private static partial Regex Scripts();

    [GeneratedRegex(@"<link\s[^>]*rel=""stylesheet""(\scrossorigin)?[^>]*\shref=""(/[^""]+)""")]
    private static partial Regex Styles();
}

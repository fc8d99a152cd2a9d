using System.Text.RegularExpressions;

namespace Chat.Tests.Page;

/// <summary>What the files of the page hold, and how large they are.</summary>
public sealed partial class FirstLoadTests(PageServer server) : IClassFixture<PageServer>
{
    /// <summary>All JavaScript and CSS that is loaded before the first message shows.</summary>
    private const int MostBytes = 70_000;

    /// <summary>Named in text, as namespaces or for who reads an error message; never asked for.</summary>
    private static readonly string[] OnlyNamed =
    [
        "http://www.w3.org/",
        "https://aka.ms/signalr", "https://learn.microsoft.com/aspnet/core/signalr/", "https://github.com/markedjs/marked", "https://rolldown.rs/in-depth/",
        "http://${", // An address that a person wrote without a scheme becomes a link.
        "http://relative", // A base for links without one, in order to parse them.
    ];

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task The_first_load_is_small(string encoding)
    {
        var sizes = new Dictionary<string, long>();
        foreach (var path in (string[])["/", .. await NeededAsync()])
        {
            using var answer = await server.GetAsync(path, encoding);
            Assert.Equal(encoding, Assert.Single(answer.Content.Headers.ContentEncoding));
            sizes[path] = answer.Content.Headers.ContentLength!.Value;
        }
        Assert.True(sizes.Values.Sum() <= MostBytes, $"{sizes.Values.Sum():N0} bytes: {string.Join(", ", sizes)}");
    }

    [Fact]
    public async Task The_page_names_only_files_of_its_own_that_exist()
    {
        var needed = await NeededAsync();
        Assert.NotEmpty(needed);
        Assert.All(needed, path => Assert.Contains(path, PageServer.Paths));
    }

    [Fact]
    public async Task The_service_worker_keeps_files_that_exist()
    {
        var kept = Quoted().Matches(await server.TextAsync("/sw.js")).Select(match => match.Groups[1].Value).ToArray();
        Assert.All(kept, path => Assert.Contains(path, PageServer.Paths));
        Assert.All(await NeededAsync(), path => Assert.Contains(path, kept));
    }

    [Fact]
    public async Task Nothing_is_inline()
    {
        var html = await server.TextAsync("/");
        Assert.DoesNotMatch(new Regex(@"<style|\sstyle=|\son\w+=|javascript:|<base", RegexOptions.IgnoreCase), html);
        Assert.All(Scripts().Matches(html), script => Assert.Matches(@"^<script[^>]*\ssrc=""/[^""]+""[^>]*></script>$", script.Value));
    }

    [Fact]
    public async Task No_file_names_another_origin()
    {
        foreach (var path in PageServer.Paths.Where(path => Text().IsMatch(path)))
        {
            var others = Addresses().Matches(await server.TextAsync(path)).Select(match => match.Value);
            Assert.DoesNotContain(others, address => !OnlyNamed.Any(named => address.StartsWith(named, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task No_file_makes_code_of_text()
    {
        foreach (var path in PageServer.Paths.Where(path => path.EndsWith(".js", StringComparison.Ordinal)))
            Assert.DoesNotMatch(@"\beval\(|new Function\(|document\.write\(", await server.TextAsync(path));
    }

    /// <summary>The scripts and styles that the page names, which includes what they import.</summary>
    private async Task<string[]> NeededAsync() =>
        [.. Files().Matches(await server.TextAsync("/")).Select(match => match.Groups[1].Value).Where(path => path.EndsWith(".js", StringComparison.Ordinal) || path.EndsWith(".css", StringComparison.Ordinal))];

    [GeneratedRegex(@"\s(?:src|href)=""([^""]+)""")]
    private static partial Regex Files();

    [GeneratedRegex("<script.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("\"(/assets/[^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\.(html|js|css|json|svg|webmanifest)$")]
    private static partial Regex Text();

    /// <summary>With a scheme, or a quoted or bracketed address that takes over the page's.</summary>
    [GeneratedRegex(@"(?:https?|wss?):/{2}[^\s""'`)\\]+|(?<=[""'`(])//[a-z0-9-]+\.[a-z][^\s""'`)\\]*", RegexOptions.IgnoreCase)]
    private static partial Regex Addresses();
}

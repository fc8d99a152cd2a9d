using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;

namespace Chat.Tests.Page;

/// <summary>Text that wants to be more than text, or to break what stands around it.</summary>
[TimeLimit(120)]
public sealed class HostileTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private static string Zalgo => string.Concat("zalgo".Select(c => c + string.Concat(Enumerable.Range(0, 60).Select(i => (char)(0x300 + i)))));

    public static IReadOnlyList<string> Bodies { get; } =
    [
        "<script>window.pwned = 1</script>",
        "<img src=x onerror=\"window.pwned = 2\">",
        "<svg onload=window.pwned=3><animate onbegin=window.pwned=3>",
        "<a href=\"javascript:window.pwned=4\">click</a>",
        "[click](javascript:window.pwned=5)",
        "[click](JaVaScRiPt:window.pwned=6)",
        "[click](java\tscript:window.pwned=7)",
        "[click](&#106;avascript:window.pwned=8)",
        "[click](data:text/html,<script>window.pwned=9</script>)",
        "![x](javascript:window.pwned=10)",
        "<javascript:window.pwned=11>",
        "[click](vbscript:window.pwned=12)",
        "[x]: javascript:window.pwned=13\n\n[x]",
        "<iframe srcdoc=\"<script>parent.pwned=14</script>\"></iframe>",
        "<style>* { display: none }</style>",
        "<meta http-equiv=refresh content=\"0;url=https://example.org/\">",
        "```\n</code></pre><script>window.pwned=15</script>\n```",
        "{{constructor.constructor('window.pwned=16')()}}",
        "right \u202Eto left\u202C and \u2066isolated\u2069 and open \u202E",
        "zero\u200Bwidth\u200Djoiner\uFEFFmark\u2060word",
        Zalgo + " " + Zalgo,
        "👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚒 🇩🇪 ❤️‍🔥",
        new string('x', 16_000),
        string.Concat(Enumerable.Repeat("漢", 5_000)),
        new string('*', 8_000),
        new string('[', 8_000),
        string.Concat(Enumerable.Repeat("> ", 4_000)) + "deep",
        string.Concat(Enumerable.Repeat("- ", 4_000)) + "deep",
        string.Concat(Enumerable.Repeat("`a", 4_000)),
        string.Concat(Enumerable.Range(1, 400).Select(i => $"line {i}\n")),
        "```\n" + new string('y', 10_000) + "\n```",
        "| a | b |\n|---|---|\n| " + new string('z', 2_000) + " | c |",
        "العربية עברית mixed with English (and brackets).",
        "# Heading\n###### Small",
        "@everyone @me @\u202E",
        "<b>bold?</b> &lt;i&gt; &amp; &#x3C;script&#x3E;",
        "https://example.org/\u202Egnp.exe https://xn--e1awd7f.com/ http://user:pass@example.org/",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hostile_messages_and_names_are_shown_as_text_and_the_layout_holds(bool phone)
    {
        var owner = await Person.SignUpAsync(server.Uri, _ct, "evil-" + new string('W', 20));
        using var http = owner.Http();
        using var made = await http.PostAsJsonAsync(
            "/api/rooms", new NewRoom("<img src=x onerror=pwned=1> " + Zalgo[..36], RoomKind.Public, new string('W', 250)), ChatJson.Options, _ct);
        made.EnsureSuccessStatusCode();
        var room = (await made.Content.ReadFromJsonAsync<Room>(ChatJson.Options, _ct))!;
        foreach (var body in Bodies)
            await owner.SayAsync(room.Id, body, _ct);

        await using var page = await chromium.VisitAsync(server.Uri, phone ? Look.Phone : null);
        await page.SignUpAsync($"victim-{phone}".ToLowerInvariant(), $"/r/{room.Id}");
        await page.SeesAsync("xn--e1awd7f.com");
        var shown = await page.ReadAllAsync();

        await page.PictureAsync($"hostile-{(phone ? "phone" : "wide")}");
        Assert.Equal(Bodies.Count, shown.Count);
        Assert.Contains("<script>window.pwned = 1</script>", shown.Select(m => m.Text));
        Assert.Contains("<img src=x onerror=\"window.pwned = 2\">", shown.Select(m => m.Text));
        Assert.Contains("<b>bold?</b>", shown[^2].Text, StringComparison.Ordinal);
        Assert.Null(await page.Tab.EvaluateAsync<int?>("() => window.pwned ?? null"));
        Assert.Empty(await page.Tab.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('[role=log] a[href]')].map(a => a.protocol).filter(p => !['http:', 'https:', 'mailto:'].includes(p))"));
        Assert.Empty(await page.Tab.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('[role=log] :is(script,iframe,style,meta,object,embed,form,input,svg [onload])')].map(e => e.outerHTML)"));
        Assert.Equal(0, await page.Tab.EvaluateAsync<int>(
            "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"));
        Assert.Empty(await page.Tab.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('article')].filter(a => a.getBoundingClientRect().right > innerWidth + 1).map(a => a.dataset.seq)"));
        page.VerifyClean();
    }
}

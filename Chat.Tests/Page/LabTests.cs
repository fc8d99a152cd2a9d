using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>The transport lab, as a visitor uses it.</summary>
[TimeLimit(120)]
public sealed class LabTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    /// <summary>Each transport, and what its wire view must show of D's: a kind of row, and what stands in it.</summary>
    private static readonly (string Kind, (string Row, string Text)[] Wire)[] s_hallmarks =
    [
        ("shortPoll", [("request", "GET /api/rooms/"), ("body", "\"events\":[]"), ("body", "J to D")]),
        ("longPoll", [("request", "wait=25"), ("body", "J to D")]),
        ("frame", [("response", "text/html"), ("script", "parent.lab_"), ("script", "J to D")]),
        ("eventSource", [("response", "text/event-stream"), ("event", "event: message"), ("event", "J to D")]),
        ("socket", [("request", "Sec-WebSocket-Protocol: chat.v1"), ("upgrade", "101"), ("frame", "opcode 1"), ("frame", "J to D")]),
        ("signalrLongPolling", [("request", "POST /hubs/chat/negotiate"), ("request", "GET /hubs/chat?"), ("body", "J to D")]),
        ("signalrServerSentEvents", [("response", "text/event-stream"), ("event", "J to D")]),
        ("signalrWebSockets", [("request", "POST /hubs/chat/negotiate"), ("upgrade", "101"), ("frame", "\"type\":1"), ("frame", "J to D")]),
    ];

    [Fact]
    public async Task On_every_transport_both_hear_each_other_and_the_wire_shows_how()
    {
        await using var page = await chromium.VisitAsync(server.Uri);
        await StartAsync(page);
        foreach (var (kind, wire) in s_hallmarks)
        {
            foreach (var letter in new[] { "J", "D" })
                await Person(page, letter).Locator("select").First.SelectOptionAsync(kind);
            await SayAsync(page, "J", $"{kind}: J to D");
            await HearsAsync(page, "D", $"{kind}: J to D");
            await SayAsync(page, "D", $"{kind}: D to J");
            await HearsAsync(page, "J", $"{kind}: D to J");
            foreach (var (row, text) in wire)
            {
                var shown = page.Tab.GetByTestId("wire").Locator(row == "body" ? "li:is([data-kind=body], [data-kind=chunk])" : $"li[data-kind={row}]");
                await Assertions.Expect(shown.Filter(new() { HasText = text }).First, $"{kind}: {row}: {text}").ToBeAttachedAsync();
            }
            var held = Person(page, "D").Locator("dl > div").Nth(3).Locator("dd").First;
            await Assertions.Expect(held, kind).ToHaveTextAsync(kind == "shortPoll" ? "0" : "1");
        }
        await page.PictureAsync("lab-wide");
        page.VerifyClean();
    }

    [Fact]
    public async Task An_eavesdropper_reads_the_messages_under_http_and_none_under_https()
    {
        await using var page = await chromium.VisitAsync(server.Uri, new Look { Dark = true });
        await StartAsync(page);
        await SayAsync(page, "J", "for your eyes only");
        await HearsAsync(page, "D", "for your eyes only");
        var wire = page.Tab.GetByTestId("wire");
        await wire.GetByLabel("P under http", new() { Exact = true }).CheckAsync(new() { Force = true });
        await Assertions.Expect(wire.GetByTestId("reads")).ToContainTextAsync("for your eyes only");
        await Assertions.Expect(wire.GetByTestId("heard")).ToContainTextAsync("for your eyes only");
        await Assertions.Expect(wire.GetByTestId("heard")).ToContainTextAsync("access_token=*****");
        await wire.GetByLabel("P under https").CheckAsync(new() { Force = true });
        await Assertions.Expect(wire.GetByTestId("reads")).ToHaveTextAsync("P has read none of 1 messages.");
        await Assertions.Expect(wire.GetByTestId("heard")).ToContainTextAsync("application_data");
        await Assertions.Expect(wire.GetByTestId("heard")).Not.ToContainTextAsync("for your eyes only");
        await page.PictureAsync("lab-dark-https");
        page.VerifyClean();
    }

    [Fact]
    public async Task The_comparison_measures_all_eight_and_ranks_them()
    {
        await using var page = await chromium.VisitAsync(server.Uri, Look.Phone with { Language = "zh-CN" });
        await StartAsync(page);
        await Assertions.Expect(page.Tab.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Assertions.Expect(page.Tab).ToHaveTitleAsync("传输实验室");
        var comparison = page.Tab.GetByTestId("comparison");
        // Of fifteen messages at any moment of a second, the middle one waits longer for a poll than for a push.
        await comparison.GetByLabel("消息数").FillAsync("15");
        await comparison.GetByLabel("空闲秒数").FillAsync("1");
        await comparison.GetByRole(AriaRole.Button, new() { Name = "对比全部八种" }).ClickAsync();
        await Assertions.Expect(comparison.Locator("tr[data-complete=true]"))
            .ToHaveCountAsync(8, new() { Timeout = 240_000 });
        await comparison.GetByText("八种都已测完").WaitForAsync();

        var byDelay = await RankingAsync(comparison);
        Assert.Equal(s_hallmarks.Select(h => h.Kind).Order(), byDelay.Select(row => row.Kind).Order());
        Assert.Equal(byDelay.Select(row => row.Delay).Order(), byDelay.Select(row => row.Delay));
        Assert.Equal("shortPoll", byDelay[^1].Kind);
        await comparison.GetByLabel("开销").CheckAsync(new() { Force = true });
        Assert.Equal("socket", (await RankingAsync(comparison))[0].Kind);
        Assert.False(await page.Tab.EvaluateAsync<bool>("() => { const l = document.querySelector('.lab'); return l.scrollWidth > l.clientWidth; }"), "it scrolls sideways");
        await SayAsync(page, "J", "and afterwards they talk again");
        await HearsAsync(page, "D", "and afterwards they talk again");
        Assert.Equal(1, await Person(page, "D").GetByRole(AriaRole.Log).Locator("p").CountAsync());
        await page.PictureAsync("lab-phone");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_server_without_guests_says_what_to_do()
    {
        await using var closed = await ServerProcess.RunAsync(TestContext.Current.CancellationToken, new Dictionary<string, string> { ["Chat:Accounts:Guests"] = "false" });
        await using var page = await chromium.VisitAsync(closed.Uri);
        await page.GoAsync("/lab");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await page.Tab.GetByText("Chat:Accounts:Guests=true").WaitForAsync();
    }

    private static async Task StartAsync(WebPage page)
    {
        await page.GoAsync("/lab");
        await page.Tab.Locator(".start .primary").ClickAsync();
        foreach (var letter in new[] { "J", "D" })
            await Assertions.Expect(Person(page, letter)).ToHaveAttributeAsync("data-state", "open");
    }

    private static ILocator Person(WebPage page, string letter) => page.Tab.GetByTestId($"person-{letter}");

    private static async Task SayAsync(WebPage page, string letter, string text)
    {
        var field = Person(page, letter).Locator("form input");
        await field.FillAsync(text);
        await field.PressAsync("Enter");
    }

    /// <summary>Waits until it is there, with how long it took.</summary>
    private static Task HearsAsync(WebPage page, string letter, string text) =>
        Person(page, letter).GetByRole(AriaRole.Log).Locator("p:not(.mine)").Filter(new() { HasText = text }).Locator("small").WaitForAsync();

    private static async Task<(string Kind, double Delay)[]> RankingAsync(ILocator comparison)
    {
        var rows = await comparison.Locator("tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(r => `${r.dataset.kind} ${r.cells[2].innerText.replace(/[^0-9.]/g, '')}`)");
        return [.. rows.Select(row => row.Split(' ')).Select(parts => (parts[0], double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)))];
    }
}

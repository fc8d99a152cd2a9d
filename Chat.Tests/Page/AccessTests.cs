using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>The page for everyone: with a keyboard alone, with a screen reader, on a phone, in the dark, in Chinese.</summary>
[TimeLimit(180)]
public sealed class AccessTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    private static readonly string s_axe =
        File.ReadAllText(Repository.File("Chat.Web/node_modules/axe-core/axe.min.js"));

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wide", false)]
    [InlineData("phone", true)]
    public async Task Axe_finds_nothing_on_any_view_light_or_dark(string file, bool phone)
    {
        var (room, people) = await FullRoomAsync(file);
        await using var page = await chromium.VisitAsync(server.Uri, phone ? Look.Phone : new Look());
        await page.GoAsync("/");
        await page.Tab.GetByLabel("Your name").WaitForAsync();
        await CleanAsync(page, $"{file}-sign-in");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Use a password" }).ClickAsync();
        await CleanAsync(page, $"{file}-password");
        await page.SignUpAsync($"axe-{file}", $"/r/{room.Id}");
        await page.SendAsync($"Hello @{people[0].User.Name}, **this** is _Markdown_: `code`, [a link](https://example.org/path) and\n\n```js\nconst x = 1;\n```\n\n- one\n- two\n\n> quoted");
        await page.SeesAsync("quoted");
        await CleanAsync(page, $"{file}-room");

        await page.Connection.ClickAsync();
        await CleanAsync(page, $"{file}-connection");
        await page.Tab.Keyboard.PressAsync("Escape");
        await page.Tab.Keyboard.PressAsync("Control+k");
        await page.Tab.GetByRole(AriaRole.Combobox).First.WaitForAsync();
        await CleanAsync(page, $"{file}-switcher");
        await page.Tab.Keyboard.PressAsync("Escape");
        await page.Log.Locator("article").Last.FocusAsync();
        await page.Tab.Keyboard.PressAsync("?");
        await page.Tab.GetByRole(AriaRole.Dialog).WaitForAsync();
        await CleanAsync(page, $"{file}-help");
        await page.Tab.Keyboard.PressAsync("Escape");
        await page.Log.Locator("article").Last.FocusAsync();
        await CleanAsync(page, $"{file}-message-actions");
        if (phone)
        {
            await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Members" }).First.ClickAsync();
            await page.Tab.GetByRole(AriaRole.Complementary, new() { Name = "Members" }).WaitForAsync();
            await CleanAsync(page, $"{file}-members");
            await page.Tab.Keyboard.PressAsync("Escape");
            await page.Tab.GetByRole(AriaRole.Link, new() { Name = "Back" }).Or(page.Tab.GetByRole(AriaRole.Button, new() { Name = "Back" })).First.ClickAsync();
            await page.Tab.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" }).WaitForAsync();
            await CleanAsync(page, $"{file}-rooms");
        }

        foreach (var item in new[] { "Create a room", "Browse public rooms", "Write to a person" })
        {
            await page.Tab.GetByRole(AriaRole.Button, new() { Name = "New", Exact = true }).ClickAsync();
            await page.Tab.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
            await page.Tab.GetByRole(AriaRole.Dialog).WaitForAsync();
            await CleanAsync(page, $"{file}-{item.Replace(' ', '-')}");
            await page.Tab.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = $"axe-{file}" }).First.ClickAsync();
        await CleanAsync(page, $"{file}-menu");
        await page.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Settings" }).ClickAsync();
        await page.Tab.GetByRole(AriaRole.Dialog).WaitForAsync();
        await CleanAsync(page, $"{file}-settings");

        await page.GoAsync("/lab");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await page.Tab.GetByTestId("wire").Locator("li").First.WaitForAsync();
        await CleanAsync(page, $"{file}-lab");
        page.VerifyClean();
    }

    [Fact]
    public async Task The_main_paths_need_a_keyboard_and_nothing_else()
    {
        // A server of its own, on which nobody was before: it has no rooms but those made here.
        await using var fresh = await ServerProcess.RunAsync(_ct);
        await using var page = await chromium.VisitAsync(fresh.Uri);
        await page.GoAsync("/");
        await page.Tab.GetByLabel("Your name").WaitForAsync();
        var keys = page.Tab.Keyboard;
        await TabToAsync(page, "Your name");
        await keys.TypeAsync("keys");
        await keys.PressAsync("Enter");
        await page.Composer.WaitForAsync();
        await Assertions.Expect(page.Composer).ToBeFocusedAsync();

        // A room of my own.
        await TabToAsync(page, "New");
        await keys.PressAsync("Enter");
        var create = page.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Create a room" });
        await Assertions.Expect(create).ToBeFocusedAsync();
        // The second time the list of the menu has been loaded already.
        await keys.PressAsync("Escape");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(0);
        await keys.PressAsync("Enter");
        await Assertions.Expect(create).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await page.Tab.GetByRole(AriaRole.Dialog).WaitForAsync();
        await keys.TypeAsync("Keyboard room");
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Keyboard room");
        await page.Composer.WaitForAsync();
        await Assertions.Expect(page.Composer).ToBeFocusedAsync();

        // Several lines, an edit of the last, a reply, a deletion.
        await keys.TypeAsync("first line");
        await keys.PressAsync("Shift+Enter");
        await keys.TypeAsync("second line");
        await keys.PressAsync("Enter");
        await page.SeesAsync("second line");
        await keys.PressAsync("ArrowUp");
        await page.Tab.GetByText("Editing").First.WaitForAsync();
        await keys.PressAsync("End");
        await keys.TypeAsync(", mended");
        await keys.PressAsync("Enter");
        await page.SeesAsync("mended");
        await page.Tab.GetByText("edited").First.WaitForAsync();
        await Assertions.Expect(page.Tab.GetByText("Editing")).ToHaveCountAsync(0);
        await keys.TypeAsync("to be deleted");
        await keys.PressAsync("Enter");
        await page.SeesAsync("to be deleted");
        await page.Log.Locator("article").Last.FocusAsync();
        await keys.PressAsync("ArrowUp");
        await keys.PressAsync("r");
        await Assertions.Expect(page.Composer).ToBeFocusedAsync();
        await keys.TypeAsync("a reply");
        await keys.PressAsync("Enter");
        await page.SeesAsync("a reply");
        await page.Log.Locator("article").Filter(new() { HasText = "to be deleted" }).First.FocusAsync();
        await keys.PressAsync("Delete");
        await page.Tab.GetByRole(AriaRole.Dialog).WaitForAsync();
        await TabToAsync(page, "Delete");
        await keys.PressAsync("Enter");
        await page.Tab.GetByText("This message was deleted").First.WaitForAsync();

        // From room to room.
        await page.SwitchAsync("lobby", "Lobby");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Lobby");
        await keys.PressAsync("Alt+ArrowDown");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).Not.ToContainTextAsync("Lobby");
        await keys.PressAsync("Alt+ArrowUp");
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Lobby");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_tap_on_More_shows_what_can_be_done_and_does_none_of_it()
    {
        var (room, _) = await FullRoomAsync("tap");
        await using var page = await chromium.VisitAsync(server.Uri, Look.Phone);
        await page.SignUpAsync("tap-user", $"/r/{room.Id}");
        await page.SendAsync("mine");
        await page.SeesAsync("mine");
        var mine = page.Log.Locator("article", new() { HasText = "mine" }).Last;
        await mine.GetByRole(AriaRole.Button, new() { Name = "More" }).TapAsync();
        await Assertions.Expect(mine).ToBeFocusedAsync();
        await Assertions.Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);

        await mine.GetByRole(AriaRole.Button, new() { Name = "Delete" }).TapAsync();
        await page.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).TapAsync();
        await page.Log.GetByText("This message was deleted.").WaitForAsync();
        page.VerifyClean();
    }

    [Fact]
    public async Task Enter_that_ends_a_composition_does_not_send()
    {
        var (room, _) = await FullRoomAsync("ime");
        await using var page = await chromium.VisitAsync(server.Uri);
        await page.SignUpAsync("ime-user", $"/r/{room.Id}");
        var cdp = await page.Context.NewCDPSessionAsync(page.Tab);
        await page.Composer.FocusAsync();
        await cdp.SendAsync("Input.imeSetComposition", new() { ["text"] = "nihao", ["selectionStart"] = 5, ["selectionEnd"] = 5 });
        await cdp.SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "rawKeyDown", ["windowsVirtualKeyCode"] = 229, ["key"] = "Enter", ["code"] = "Enter" });
        await cdp.SendAsync("Input.insertText", new() { ["text"] = "你好" });
        await Assertions.Expect(page.Composer).ToHaveValueAsync("你好");

        await page.Composer.PressAsync("Enter");
        await page.SeesAsync("你好");
        await Assertions.Expect(page.Log.Locator("article").Filter(new() { HasText = "nihao" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_Chinese_browser_gets_a_Chinese_page_and_may_switch()
    {
        await using var page = await chromium.VisitAsync(server.Uri, new Look { Language = "zh-CN" });
        await page.GoAsync("/");
        await Assertions.Expect(page.Tab.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        Assert.DoesNotMatch("[A-Za-z]{4,}", await page.Tab.Locator("main").InnerTextAsync());
        await page.PictureAsync("chinese-sign-in");
        await page.Tab.GetByRole(AriaRole.Combobox).First.SelectOptionAsync("en");
        await page.Tab.GetByLabel("Your name").WaitForAsync();
    }

    [Fact]
    public async Task The_log_announces_only_while_the_reader_is_at_the_bottom_and_keeps_its_place_above()
    {
        var (room, people) = await FullRoomAsync("announce");
        await using var page = await chromium.VisitAsync(server.Uri);
        await page.SignUpAsync("reader", $"/r/{room.Id}");
        await Assertions.Expect(page.Log).ToHaveAttributeAsync("data-at-end", "true");

        await page.Log.Locator("article").Last.FocusAsync();
        await page.Tab.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Log).ToHaveAttributeAsync("data-at-end", "false");
        await Assertions.Expect(page.Log.Locator("article").First).ToBeFocusedAsync();
        var focused = page.Tab.Locator("article:focus");
        var before = (await focused.BoundingBoxAsync())!.Y;
        await people[0].SayAsync(room.Id, "news while reading above", _ct);
        var latest = page.Tab.GetByRole(AriaRole.Button, new() { Name = "1 new message" });
        await latest.WaitForAsync();
        Assert.Equal(before, (await focused.BoundingBoxAsync())!.Y, 2.0);
        await latest.ClickAsync();
        await page.SeesAsync("news while reading above");
        await Assertions.Expect(page.Tab.GetByTestId("news")).Not.ToContainTextAsync("news while reading above");
        await Assertions.Expect(page.Log).ToHaveAttributeAsync("data-at-end", "true");
        await people[1].SayAsync(room.Id, "news at the bottom", _ct);
        await Assertions.Expect(page.Tab.GetByTestId("news")).ToContainTextAsync("news at the bottom");
        await Assertions.Expect(page.Tab.GetByTestId("news")).Not.ToContainTextAsync("Message number");
        page.VerifyClean();
    }

    [Fact]
    public async Task Who_goes_to_the_top_and_at_once_wants_the_end_gets_there()
    {
        var (room, _) = await FullRoomAsync("turn");
        await using var page = await chromium.VisitAsync(server.Uri);
        await page.SignUpAsync("turner", $"/r/{room.Id}");
        await Assertions.Expect(page.Log).ToHaveAttributeAsync("data-at-end", "true");
        for (var i = 0; i < 5; i++)
        {
            await page.Log.Locator("article").Last.FocusAsync();
            // As fast as frames come: by then the list is still measuring the rows at the top.
            await page.Tab.EvaluateAsync("""
                async () => {
                  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true, cancelable: true }));
                  while (!document.querySelector('button.latest')) await new Promise(requestAnimationFrame);
                  document.querySelector('button.latest').click();
                }
                """);

            await page.SeesAsync("Message number 19");
            await Assertions.Expect(page.Log).ToHaveAttributeAsync("data-at-end", "true");
            await Assertions.Expect(page.Log.Locator("article").Last).ToBeInViewportAsync();
        }
        page.VerifyClean();
    }

    /// <summary>All rules in the light, and those that depend on colours in the dark too.</summary>
    private static async Task CleanAsync(WebPage page, string name)
    {
        await CleanAsync(page, $"{name}-light", "{}");
        await page.Tab.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await CleanAsync(page, $"{name}-dark", "{ runOnly: ['color-contrast', 'link-in-text-block'] }");
        await page.Tab.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
    }

    private static async Task CleanAsync(WebPage page, string name, string options)
    {
        await page.PictureAsync(name);
        if (!await page.Tab.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.Tab.EvaluateAsync(s_axe);
        var violations = await page.Tab.EvaluateAsync<string[]>($$"""
            async () => (await axe.run({ ...{{options}}, resultTypes: ['violations'] })).violations.map(rule =>
              `${rule.id}: ${rule.help} ${rule.nodes.slice(0, 3).map(node =>
                [node.html, ...[...node.any, ...node.all, ...node.none].map(check => check.message)].join('; ')
              ).join(' | ')}`)
            """);
        Assert.True(violations.Length == 0, $"{name}: {string.Join('\n', violations)}");
        Assert.False(
            await page.Tab.EvaluateAsync<bool>("() => document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"),
            $"{name} scrolls sideways.");
    }

    private async Task<(Room Room, IReadOnlyList<Person> People)> FullRoomAsync(string name)
    {
        var people = new List<Person>();
        for (var i = 0; i < 3; i++)
            people.Add(await Person.SignUpAsync(server.Uri, _ct, $"{name}-{i}-"));
        var room = await people[0].CreateRoomAsync(_ct);
        foreach (var person in people.Skip(1))
            await person.JoinAsync(room.Id, _ct);
        for (var i = 0; i < 20; i++)
            await people[i % 5 % 3].SayAsync(room.Id, $"Message number {i}, which is as long as messages often are.", _ct);
        return (room, people);
    }

    private static async Task TabToAsync(WebPage page, string name)
    {
        for (var i = 0; i < 60; i++)
        {
            var at = await page.Tab.EvaluateAsync<string>(
                "() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? ''; }");
            if (at.Trim().StartsWith(name, StringComparison.Ordinal))
                return;
            await page.Tab.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"Tab does not reach \"{name}\".");
    }
}

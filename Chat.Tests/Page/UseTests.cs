using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>What people do with the page all day.</summary>
[TimeLimit(120)]
public sealed class UseTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unread_messages_are_counted_marked_and_read()
    {
        await using var d = await chromium.VisitAsync(server.Uri);
        await d.SignUpAsync("unread-d");
        var owner = await Person.SignUpAsync(server.Uri, _ct, "unread-o");
        var room = await owner.CreateRoomAsync(_ct);
        using var http = owner.Http();
        (await http.PutAsync(new Uri($"/api/rooms/{room.Id}/members/unread-d", UriKind.Relative), null, _ct)).EnsureSuccessStatusCode();
        var link = Rooms(d).GetByRole(AriaRole.Link).Filter(new() { HasText = room.Name });
        await link.WaitForAsync();
        for (var i = 0; i < 3; i++)
            await owner.SayAsync(room.Id, i == 1 ? "hello @unread-d" : $"news {i}", _ct);

        await Assertions.Expect(link).ToContainTextAsync("3 unread, you are mentioned");
        await Assertions.Expect(link).ToContainTextAsync("news 2");
        await Assertions.Expect(d.Tab).ToHaveTitleAsync(new Regex(@"^\(\d+\)"));
        await link.ClickAsync();
        await d.SeesAsync("news 2");
        await d.Log.GetByText("New", new() { Exact = true }).WaitForAsync();
        await Assertions.Expect(d.Log.Locator(".mention.me")).ToHaveTextAsync("@unread-d");
        await Assertions.Expect(link).Not.ToContainTextAsync("unread, ");
        await Assertions.Expect(d.Tab).Not.ToHaveTitleAsync(new Regex(@"^\("));
        d.VerifyClean();
    }

    [Fact]
    public async Task Reactions_edits_and_deletions_are_seen_by_the_other()
    {
        var (_, room) = await RoomAsync();
        await using var j = await chromium.VisitAsync(server.Uri);
        await using var d = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("react-j", $"/r/{room.Id}");
        await d.SignUpAsync("react-d", $"/r/{room.Id}");
        await j.SendAsync("a misteak");
        await d.SeesAsync("a misteak");

        await d.Log.Locator("article", new() { HasText = "misteak" }).HoverAsync();
        await d.Tab.GetByRole(AriaRole.Button, new() { Name = "React", Exact = true }).First.ClickAsync();
        await d.Tab.GetByRole(AriaRole.Searchbox, new() { Name = "Search emoji" }).FillAsync("tada");
        await d.Tab.GetByRole(AriaRole.Group, new() { Name = "Found" }).GetByRole(AriaRole.Button).First.ClickAsync();
        await j.Log.GetByRole(AriaRole.Button).Filter(new() { HasText = "🎉" }).WaitForAsync();
        await j.Composer.PressAsync("ArrowUp");
        await j.Composer.FillAsync("a mistake");
        await j.Composer.PressAsync("Enter");
        await d.SeesAsync("a mistake");
        await Assertions.Expect(d.Log).ToContainTextAsync("edited");
        await j.Log.Locator("article", new() { HasText = "a mistake" }).HoverAsync();
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).First.ClickAsync();
        await j.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await d.Log.GetByText("This message was deleted.").WaitForAsync();
        await Assertions.Expect(d.Log).Not.ToContainTextAsync("mistake");
        j.VerifyClean();
        d.VerifyClean();
    }

    [Fact]
    public async Task Names_and_emoji_are_completed_while_writing()
    {
        var (owner, room) = await RoomAsync();
        await using var j = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("complete-j", $"/r/{room.Id}");
        await j.Composer.PressSequentiallyAsync($"hi @{owner.User.Name[..^1]}");
        await j.Tab.GetByRole(AriaRole.Option).Filter(new() { HasText = owner.User.Name }).WaitForAsync();
        await j.Composer.PressAsync("Enter");
        await j.Composer.PressSequentiallyAsync(":tad");
        await j.Tab.GetByRole(AriaRole.Option).Filter(new() { HasText = "🎉" }).First.WaitForAsync();
        await j.Composer.PressAsync("Tab");
        await j.Composer.PressAsync("Enter");

        await j.SeesAsync($"hi @{owner.User.Name}");
        await j.SeesAsync("🎉");
        j.VerifyClean();
    }

    [Fact]
    public async Task Rooms_are_created_joined_left_and_people_are_invited_and_removed()
    {
        await using var j = await chromium.VisitAsync(server.Uri);
        await using var d = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("rooms-j");
        await d.SignUpAsync("rooms-d");
        await ChooseAsync(j, "New", "Create a room");
        await j.Tab.GetByLabel("Room name").FillAsync("Hidden");
        await j.Tab.GetByRole(AriaRole.Radio, new() { Name = "Private" }).CheckAsync();
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await Assertions.Expect(j.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Hidden");

        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Invite" }).First.ClickAsync();
        await j.Tab.GetByLabel("Name of the person").FillAsync("rooms-d");
        await j.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        var link = Rooms(d).GetByRole(AriaRole.Link).Filter(new() { HasText = "Hidden" });
        await link.ClickAsync();
        await d.SendAsync("thank you");
        await j.SeesAsync("thank you");
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "rooms-d: menu" }).ClickAsync();
        await j.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Remove" }).ClickAsync();
        await j.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await d.Tab.GetByText("You are not in this room any more").WaitForAsync();
        await Assertions.Expect(link).ToHaveCountAsync(0);

        await ChooseAsync(j, "Room menu", "Leave the room");
        await j.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await Assertions.Expect(Rooms(j).GetByRole(AriaRole.Link).Filter(new() { HasText = "Hidden" })).ToHaveCountAsync(0);
        j.VerifyClean();
        d.VerifyClean();
    }

    [Fact]
    public async Task What_the_server_refuses_stays_with_its_reason_and_can_be_sent_again_or_discarded()
    {
        await using var strict = await ServerProcess.RunAsync(_ct, new Dictionary<string, string> { ["Chat:Limits:BodyBytes"] = "100" });
        await using var j = await chromium.VisitAsync(strict.Uri);
        await j.SignUpAsync("refused-j");
        await j.SendAsync(new string('x', 200));
        await j.SendAsync("short enough");

        await j.SeesAsync("short enough");
        var failed = j.Log.Locator("article[data-state=failed]");
        await Assertions.Expect(failed).ToContainTextAsync("Not sent: That is too long");
        await failed.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Assertions.Expect(failed).ToContainTextAsync("Not sent: That is too long");
        await j.Tab.ReloadAsync();
        await Assertions.Expect(failed).ToContainTextAsync("Not sent: That is too long");
        await failed.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Assertions.Expect(failed).ToHaveCountAsync(0);
        j.VerifyClean();
    }

    [Fact]
    public async Task A_room_of_100_000_messages_opens_anywhere_and_keeps_its_place_while_it_scrolls()
    {
        await using var big = await ServerProcess.RunAsync(_ct);
        var owner = await Person.SignUpAsync(big.Uri, _ct);
        var room = await owner.CreateRoomAsync(_ct);
        await big.KillAsync();
        await FillAsync(big.Database, room.Id, owner, 100_000);
        await big.StartAsync(_ct);
        await using var j = await chromium.VisitAsync(big.Uri);
        await j.SignUpAsync("big-j", $"/r/{room.Id}");
        await j.SeesAsync("line 100000 ");

        // A link to the middle of it.
        await j.OpenRoomAsync($"{room.Id}/50000");
        await j.SeesAsync("line 50000 ");
        await Assertions.Expect(j.Tab.Locator("article[data-seq='50000']")).ToBeInViewportAsync();
        await j.Log.HoverAsync();
        await j.Tab.EvaluateAsync(
            "() => { window.longest = 0; new PerformanceObserver(l => l.getEntries().forEach(e => window.longest = Math.max(window.longest, e.duration))).observe({ type: 'longtask' }); }");
        // The message in the middle stays there while those around it are measured.
        await Eventually.TrueAsync(async () =>
        {
            var before = await FirstSeenAsync(j);
            await j.Tab.EvaluateAsync("() => new Promise(r => setTimeout(r, 200))");
            return await FirstSeenAsync(j) == before;
        }, TimeSpan.FromSeconds(30), _ct);
        var moved = 0.0;
        for (var i = 0; i < 40; i++)
        {
            var (seq, before) = await FirstSeenAsync(j);
            await Eventually.TrueAsync(async () => await ScrollTopAsync(j) >= 400, TimeSpan.FromSeconds(30), _ct);
            await j.Tab.Mouse.WheelAsync(0, -400);
            // One wheel at a time: two that are seen together would move it by twice as much.
            await Eventually.TrueAsync(async () => await TopAsync(j, seq) != before, TimeSpan.FromSeconds(30), _ct);
            // What is seen moves by what was scrolled, no matter what is loaded above it.
            await j.Tab.EvaluateAsync("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))");
            if (await TopAsync(j, seq) is { } after)
                moved = Math.Max(moved, after - before);
            Assert.InRange(await j.Log.Locator("article").CountAsync(), 1, 200);
        }

        Output.Write($"longest task while scrolling: {await j.Tab.EvaluateAsync<double>("() => window.longest")} ms");
        Assert.InRange(moved, 1, 402);
        Assert.True((await FirstSeenAsync(j)).Seq < 49_800);
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Jump to latest" }).ClickAsync();
        await j.SeesAsync("line 100000 ");
        j.VerifyClean();
    }

    [Fact]
    public async Task Appearance_and_language_can_be_switched_and_stay()
    {
        var (_, room) = await RoomAsync();
        await using var j = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("look-j", $"/r/{room.Id}");
        await ChooseAsync(j, "look-j", "Settings");
        await j.Tab.GetByLabel("Theme").SelectOptionAsync("dark");
        await Assertions.Expect(j.Tab.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await j.Tab.GetByLabel("Language").SelectOptionAsync("zh");
        await Assertions.Expect(j.Tab.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await j.Tab.ReloadAsync();
        await Assertions.Expect(j.Tab.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await j.Tab.GetByRole(AriaRole.Log, new() { Name = "消息" }).WaitForAsync();
        await j.PictureAsync("chinese-dark");
        j.VerifyClean();
    }

    private static ILocator Rooms(WebPage page) => page.Tab.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" });

    private static async Task ChooseAsync(WebPage page, string menu, string item)
    {
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = menu }).First.ClickAsync();
        await page.Tab.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }

    private static Task<double> ScrollTopAsync(WebPage page) => page.Log.EvaluateAsync<double>("log => log.scrollTop");

    /// <summary>Where a message is; null if it is not in the page any more.</summary>
    private static Task<double?> TopAsync(WebPage page, long seq) => page.Tab.EvaluateAsync<double?>(
        "seq => document.querySelector(`article[data-seq='${seq}']`)?.getBoundingClientRect().top ?? null", seq);

    private static async Task<(long Seq, double Top)> FirstSeenAsync(WebPage page)
    {
        var found = await page.Tab.EvaluateAsync<double[]>(
            """
            () => {
                const top = document.querySelector('[role=log]').getBoundingClientRect().top;
                const first = [...document.querySelectorAll('article[data-seq]')].find(a => a.getBoundingClientRect().top >= top);
                return [+first.dataset.seq, first.getBoundingClientRect().top];
            }
            """);
        return ((long)found[0], found[1]);
    }

    private async Task<(Person Owner, Room Room)> RoomAsync()
    {
        var owner = await Person.SignUpAsync(server.Uri, _ct);
        return (owner, await owner.CreateRoomAsync(_ct));
    }

    /// <summary>Years of talk, written into the log as the server would have.</summary>
    private static async Task FillAsync(string database, string roomId, Person sender, int last)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $last)
            INSERT INTO Events (RoomId, Seq, Type, SenderId, SenderName, At, ClientId, Body)
            SELECT $room, i, 'message', $id, $name, 1790000000000 + i * 60000, 'm' || i,
                   'line ' || i || ' ' || substr('lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua', 1, 10 + i * 7 % 110)
            FROM n;
            UPDATE Rooms SET Head = $last WHERE Id = $room;
            """;
        command.Parameters.AddWithValue("$last", last);
        command.Parameters.AddWithValue("$room", roomId);
        command.Parameters.AddWithValue("$id", sender.User.Id);
        command.Parameters.AddWithValue("$name", sender.User.Name);
        await command.ExecuteNonQueryAsync();
    }
}

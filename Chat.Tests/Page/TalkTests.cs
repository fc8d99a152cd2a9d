using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Chat.Tests.Terminal;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>J and D in two browsers, and somebody at a terminal.</summary>
[TimeLimit(120)]
public sealed class TalkTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    /// <summary>How often each of the three says something; at the terminal a program starts each time.</summary>
    private static readonly int s_rounds = LongForm.Of(2, instead: 10);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("WebSocket", "webSockets", "websockets")]
    [InlineData("Server-Sent Events", "serverSentEvents", "sse")]
    [InlineData("Long polling", "longPolling", "longpolling")]
    public async Task Three_people_talk_over_each_transport_and_each_sees_everything_once_in_one_order(
        string label, string transport, string terminalTransport)
    {
        using var terminal = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await using var j = await chromium.VisitAsync(server.Uri);
        await using var d = await chromium.VisitAsync(server.Uri);
        var owner = await Person.SignUpAsync(server.Uri, _ct);
        var room = await owner.CreateRoomAsync(_ct);
        await terminal.RunAsync(_ct, "join", room.Id);
        await j.SignUpAsync($"j-{transport}", $"/r/{room.Id}");
        await d.SignUpAsync($"d-{transport}", $"/r/{room.Id}");
        await j.ForceAsync(label, transport);
        await d.ForceAsync(label, transport);
        using var tail = terminal.Start(["tail", "--room", room.Id, "--since", "0", "-f", "--json", "--transport", terminalTransport]);
        try
        {
            for (var i = 0; i < s_rounds; i++)
            {
                await j.SendAsync($"j says {i} 漢字 🎉");
                await d.SendAsync($"d says {i}");
                var sent = await terminal.RunAsync($"t says {i}", ["send", "--room", room.Id, "--transport", terminalTransport], _ct);
                Assert.Equal(0, sent.ExitCode);
            }

            var last = s_rounds - 1;
            await j.SeesAsync($"t says {last}");
            await d.SeesAsync($"t says {last}");
            await j.SeesAsync($"d says {last}");
            await d.SeesAsync($"j says {last}");
            var log = await owner.ReadLogAsync(room.Id, _ct);
            Assert.Equal(3 * s_rounds, log.Count(e => e.Type == EventTypes.Message));
            await j.VerifyShowsAsync(log);
            await d.VerifyShowsAsync(log);
            var seen = new List<long>();
            while (seen.Count < log.Count)
                seen.Add(JsonSerializer.Deserialize<ChatEvent>((await tail.StandardOutput.ReadLineAsync(_ct))!, ChatJson.Options)!.Seq);
            Assert.Equal(log.Select(e => e.Seq), seen);
            Assert.Equal(transport, await j.ConnectedAsync());
            j.VerifyClean();
            d.VerifyClean();
        }
        finally
        {
            tail.Kill();
        }
    }

    [Fact]
    public async Task A_name_is_all_it_takes_and_the_second_person_meets_the_first()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        await using var j = await chromium.VisitAsync(server.Uri);
        await using var d = await chromium.VisitAsync(server.Uri, Look.Phone);

        await j.SignUpAsync("jo");
        await j.SendAsync("anybody here?");
        await j.SeesAsync("anybody here?");
        await d.SignUpAsync("dora");
        await d.SeesAsync("anybody here?");
        await d.SendAsync("I am");
        await j.SeesAsync("I am");

        j.VerifyClean();
        d.VerifyClean();
    }

    [Fact]
    public async Task An_invite_link_to_a_private_room_says_plainly_that_one_must_be_invited()
    {
        var owner = await Person.SignUpAsync(server.Uri, _ct);
        var room = await owner.CreateRoomAsync(_ct, RoomKind.Private);
        await using var stranger = await chromium.VisitAsync(server.Uri);
        await stranger.GoAsync($"/r/{room.Id}");
        await stranger.Tab.GetByLabel("Your name").FillAsync("stranger");
        await stranger.Tab.GetByRole(AriaRole.Button, new() { Name = "Start chatting" }).ClickAsync();

        await stranger.Tab.GetByText("not been invited").WaitForAsync();

        // Invited after all, the room is there without a reload.
        using var http = owner.Http();
        (await http.PutAsync(new Uri($"/api/rooms/{room.Id}/members/stranger", UriKind.Relative), null, _ct)).EnsureSuccessStatusCode();
        await stranger.Tab.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" })
            .GetByRole(AriaRole.Link).Filter(new() { HasText = room.Name }).ClickAsync();
        await stranger.Composer.WaitForAsync();
        stranger.VerifyClean();
    }

    [Fact]
    public async Task Password_accounts_register_sign_out_and_sign_in_again()
    {
        await using var fresh = await ServerProcess.RunAsync(_ct);
        await using var page = await chromium.VisitAsync(fresh.Uri);
        await page.GoAsync("/");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Use a password" }).ClickAsync();
        await page.Tab.GetByLabel("Name", new() { Exact = true }).FillAsync("paula");
        await page.Tab.GetByLabel("Password", new() { Exact = true }).FillAsync("short");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await page.Tab.GetByText("at least 8").First.WaitForAsync();
        await page.Tab.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse battery");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await page.Composer.WaitForAsync();
        await page.SendAsync("I have a password");
        await page.SeesAsync("I have a password");

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "paula" }).First.ClickAsync();
        await page.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await page.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.Tab.GetByLabel("Your name").WaitForAsync();
        await Eventually.TrueAsync(
            async () => await page.Tab.EvaluateAsync<bool>("async () => !(await indexedDB.databases()).length"),
            TimeSpan.FromSeconds(30), _ct, "the browser has forgotten everything");

        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Use a password" }).ClickAsync();
        await page.Tab.GetByLabel("Name", new() { Exact = true }).FillAsync("paula");
        await page.Tab.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse battery");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.SeesAsync("I have a password");
        page.VerifyClean();
    }

    [Fact]
    public async Task A_direct_conversation_shows_typing_and_what_was_seen()
    {
        await using var j = await chromium.VisitAsync(server.Uri);
        await using var d = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("typing-j");
        await d.SignUpAsync("typing-d");
        using var http = new HttpClient { BaseAddress = server.Uri };
        await j.SwitchAsync("typing-d", "typing-d");
        await Assertions.Expect(j.Tab.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("typing-d");
        await j.SendAsync("are you there?");

        await d.Tab.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" }).GetByRole(AriaRole.Link).Filter(new() { HasText = "typing-j" }).ClickAsync();
        await d.SeesAsync("are you there?");
        await j.Tab.GetByText("Seen", new() { Exact = false }).First.WaitForAsync();
        await d.Composer.PressSequentiallyAsync("ye");
        await j.Tab.GetByText("typing-d is typing").WaitForAsync();
        await d.Composer.PressSequentiallyAsync("s");
        await d.Composer.PressAsync("Enter");
        await j.SeesAsync("yes");
        j.VerifyClean();
        d.VerifyClean();
    }
}

using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>Strangers who ask, in a browser.</summary>
[TimeLimit(120)]
public sealed class ConsentPageTests(Chromium chromium)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_is_accepted_then_blocked_then_unblocked_and_nothing_they_wrote_is_missing()
    {
        await using var server = await ServerProcess.RunAsync(_ct,
            new Dictionary<string, string> { ["Chat:Rooms:Consent"] = "true" });
        await using var j = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("jean", "/");
        var dora = await Person.SignUpAsync(server.Uri, _ct, "dora");
        using var http = dora.Http();
        using var opened = await http.PutAsync(new Uri("/api/direct/jean", UriKind.Relative), null, _ct);
        var room = System.Text.Json.JsonSerializer.Deserialize<Room>(await opened.Content.ReadAsStringAsync(_ct),
            ChatJson.Options)!;
        await dora.SayAsync(room.Id, "may I?", _ct);

        var rooms = j.Tab.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" });
        var requests = rooms.GetByRole(AriaRole.Region, new() { Name = "Requests" });
        await requests.GetByRole(AriaRole.Link).Filter(new() { HasText = dora.User.Name }).ClickAsync();
        await j.SeesAsync("may I?");
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Accept", Exact = true }).ClickAsync();
        await requests.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "Room menu" }).ClickAsync();
        await j.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Block" }).ClickAsync();
        var link = rooms.GetByRole(AriaRole.Link).Filter(new() { HasText = dora.User.Name });
        await link.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await dora.SayAsync(room.Id, "are you there?", _ct);

        await j.Tab.GetByRole(AriaRole.Button, new() { Name = "jean" }).First.ClickAsync();
        await j.Tab.GetByRole(AriaRole.Menuitem, new() { Name = "Settings" }).ClickAsync();
        await j.Tab.GetByRole(AriaRole.Button, new() { Name = $"Unblock {dora.User.Name}" }).ClickAsync();
        await j.Tab.GetByText("You have blocked nobody").WaitForAsync();
        await j.Tab.Keyboard.PressAsync("Escape");
        await link.ClickAsync();
        await j.SeesAsync("may I?");
        await j.SeesAsync("are you there?");
        j.VerifyClean();
    }
}

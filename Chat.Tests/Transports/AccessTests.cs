using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>Who may not, cannot: strangers, forged and expired tokens, foreign pages.</summary>
public sealed class AccessTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_private_and_a_direct_room_do_not_exist_for_strangers()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var eve = await Person.SignUpAsync(server.Uri, Ct, "eve");
        using var owner = new Api(server.Uri, ann);
        var secret = (await ann.CreateRoomAsync(Ct, RoomKind.Private)).Id;
        var direct = (await owner.PutAsync($"/api/direct/{bob.User.Name}")).As<Room>().Id;
        await using var hub = await PlainClient.SyncedAsync(eve, (secret, 0), (direct, 0));
        using var http = new Api(server.Uri, eve);

        foreach (var room in (string[])[secret, direct, "nosuchroom", "no such room", "../rooms", new string('x', 500)])
        {
            var message = new NewMessage("x", "x");
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Send", room, new[] { message }));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Edit", room, 1, message));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Delete", room, 1, "x"));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("React", room, 1, message));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("History", room, null));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Join", room));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Invite", room, eve.User.Name));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Invite", room, "nobody-at-all"));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("ChangeRoom", room, new RoomChange("mine")));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Leave", room));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Remove", room, ann.User.Name));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("MarkRead", room, 1));
            Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Typing", room));
        }
        foreach (var room in (string[])[secret, direct, "nosuchroom"])
        {
            Answer[] answers =
            [
                await http.GetAsync($"/api/rooms/{room}/events"), await http.PostAsync($"/api/rooms/{room}/messages", new NewMessage("x", "x")),
                await http.PutAsync($"/api/rooms/{room}/members/me"), await http.PutAsync($"/api/rooms/{room}/members/{eve.User.Name}"),
                await http.DeleteAsync($"/api/rooms/{room}/members/me"), await http.DeleteAsync($"/api/rooms/{room}/members/{ann.User.Name}"),
                await http.PutAsync($"/api/rooms/{room}/read", new ReadRequest(1)),
                await http.SendAsync(HttpMethod.Patch, $"/api/rooms/{room}", new RoomChange("mine")),
            ];
            Assert.All(answers, a => Assert.Equal("no such room", a.Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound)));
        }
        Assert.DoesNotContain((await http.GetAsync("/api/rooms/public")).As<RoomList>().Rooms, r => r.Id == secret || r.Id == direct);
        Assert.DoesNotContain(hub.Heard, s => s.Name == "Event");
    }

    [Fact]
    public async Task Without_a_valid_token_nothing_is_answered()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        foreach (var token in (string[])["", "x", ann.Token[..^4] + "AAAA", ann.Token + "x", new string('y', 4_000)])
        {
            using var http = new Api(server.Uri, ann with { Token = token });
            foreach (var path in (string[])["/api/rooms", "/api/rooms/public", "/api/rooms/x/events", "/api/account"])
                (await http.GetAsync(path)).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
            (await http.PostAsync("/hubs/chat/negotiate?negotiateVersion=1", "")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
            await Assert.ThrowsAsync<HttpRequestException>(() => PlainClient.ConnectAsync(ann with { Token = token }));
        }
        using var nobody = new Api(server.Uri, null);
        (await nobody.GetAsync("/api/rooms")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
        (await nobody.GetAsync($"/api/rooms?access_token={ann.Token}")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var slow = new ChatServer(time: time);
        var ann = await Person.SignUpAsync(slow.Uri, Ct);
        using var http = new Api(slow.Uri, ann);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/rooms")).Status);

        time.Advance(TimeSpan.FromMinutes(61));

        (await http.GetAsync("/api/rooms")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
        await Assert.ThrowsAsync<HttpRequestException>(() => PlainClient.ConnectAsync(ann));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Logging_out_ends_the_connections_of_that_sign_in_synced_or_not(bool synced)
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        await using var client = await PlainClient.ConnectAsync(ann);
        if (synced)
            await client.SyncAsync();
        var closed = new TaskCompletionSource();
        client.Hub.Closed += _ =>
        {
            closed.SetResult();
            return Task.CompletedTask;
        };
        using var http = new Api(server.Uri, ann);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync("/api/account/logout", "")).Status);

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Theory]
    [InlineData("http://evil.example", true, false)]
    [InlineData("null", true, false)]
    [InlineData("", true, true)]
    [InlineData("own", true, true)]
    [InlineData("http://evil.example", false, true)]
    public async Task A_foreign_page_may_not_use_the_cookie_on_the_hub(string origin, bool cookie, bool allowed)
    {
        using var http = new Api(server.Uri, null);
        using var sockets = new SocketsHttpHandler { UseCookies = true };
        using var browser = new HttpClient(sockets) { BaseAddress = server.Uri };
        using var body = new StringContent(JsonSerializer.Serialize(new { name = $"page{Guid.NewGuid().ToString("N")[..12]}" }), null, "application/json");
        using var session = await browser.PostAsync(new Uri("/api/account/guest?useCookies=true", UriKind.Relative), body, Ct);
        Assert.True(session.IsSuccessStatusCode);
        var bearer = (await Person.SignUpAsync(server.Uri, Ct)).Token;

        using var socket = new ClientWebSocket();
        if (cookie)
            socket.Options.Cookies = sockets.CookieContainer;
        else
            socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        if (origin.Length > 0)
            socket.Options.SetRequestHeader("Origin", origin == "own" ? server.Uri.GetLeftPart(UriPartial.Authority) : origin);
        socket.Options.CollectHttpResponseDetails = true;
        var connecting = socket.ConnectAsync(new UriBuilder(server.Uri) { Scheme = "ws", Path = Wire.HubPath }.Uri, Ct);

        if (allowed)
            await connecting;
        else
            await Assert.ThrowsAsync<WebSocketException>(() => connecting);
        Assert.Equal(allowed ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }
}

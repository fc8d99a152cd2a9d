using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Tests.Statements;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>Clients that flood, sit there or dawdle harm themselves; and what is secret stays out of the log.</summary>
public sealed class AbuseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_calls_too_fast_is_told_when_to_come_back_and_may_still_send()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(new Dictionary<string, string> { ["Chat:Limits:CallRate"] = "2", ["Chat:Limits:CallBurst"] = "10" }, time);
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var room = await ann.CreateRoomAsync(Ct);
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        await using var hub = await PlainClient.ConnectAsync(ann);
        var tries = 0;
        while ((await one.GetAsync("/api/rooms")).Status == HttpStatusCode.OK)
            Assert.True(++tries < 10, "it ends");

        (await one.GetAsync($"/api/rooms/{room.Id}/events")).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(ErrorCodes.RateLimited, await hub.RefusalAsync("History", room.Id, null));
        Assert.Equal(HttpStatusCode.Created, (await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("1", "x"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await two.GetAsync("/api/rooms")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await one.GetAsync("/api/rooms")).Status);
    }

    [Fact]
    public async Task Every_request_is_counted_before_the_database_is_asked_for_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var watched = new WatchedStatements();
        await using var server = new ChatServer(
            new Dictionary<string, string> { ["Chat:Limits:CallRate"] = "2", ["Chat:Limits:CallBurst"] = "10" }, time);
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        using var hub = bob.Http();
        watched.Begin();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await one.GetAsync("/api/account")).Status);
            Assert.Equal(HttpStatusCode.OK, (await one.GetAsync("/api/request")).Status);
        }
        // Requests that carry a connection: four times as many.
        for (var i = 0; i < 40; i++)
            (await hub.GetAsync($"{Wire.HubPath}?id=unknown", Ct)).Dispose();
        var before = Reads();
        Assert.Equal(50, before);

        (await one.GetAsync("/api/account")).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        (await one.GetAsync("/api/nowhere")).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        using (var refused = await hub.GetAsync($"{Wire.HubPath}?id=unknown", Ct))
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);

        Assert.Equal(before, Reads());
        Assert.Equal(HttpStatusCode.OK, (await two.GetAsync("/api/account")).Status);

        int Reads() =>
            watched.Runs(server.Data.File("chat.db"), sql => sql.Contains("SignIns", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_refusal_of_a_request_over_the_rate_is_kept_for_a_second_if_its_client_waits_for_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(
            new Dictionary<string, string>
            {
                ["Chat:Limits:CallRate"] = "1", ["Chat:Limits:CallBurst"] = "1",
                ["Chat:Limits:RefusalDelay"] = "00:00:01",
            },
            time);
        var refusals = server.Services.GetRequiredService<RefusedCalls>();
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        using HttpClient one = ann.Http(), two = ann.Http();
        using (var first = await one.GetAsync("/api/account", Ct))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var waits = one.GetAsync("/api/account", Ct);
        var leaves = two.GetAsync("/api/account", Ct);
        await Eventually.TrueAsync(() => refusals.Kept == 2, TimeSpan.FromSeconds(20), Ct, "both answers are kept");

        two.CancelPendingRequests();
        await Eventually.TrueAsync(() => refusals.Kept == 1, TimeSpan.FromSeconds(20), Ct, "one client has gone");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.False(waits.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        using var answer = await waits;
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/rooms/nosuchroom/events")]
    [InlineData("/api/nowhere")]
    [InlineData($"{Wire.HubPath}?id=unknown")]
    public async Task A_flood_of_refused_requests_is_refused_before_the_database_is_asked_for_it(string path)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var watched = new WatchedStatements();
        await using var server = new ChatServer(
            new Dictionary<string, string> { ["Chat:Limits:RefusalRate"] = "1", ["Chat:Limits:RefusalBurst"] = "5" },
            time);
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        using var http = ann.Http();
        watched.Begin();
        for (var i = 0; i < 6; i++)
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(path));
        Assert.Equal(6, watched.SignInsAsked(server));

        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.TooManyRequests, await GetAsync(path));
        Assert.Equal(HttpStatusCode.TooManyRequests, await GetAsync("/api/account"));
        Assert.Equal(6, watched.SignInsAsked(server));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/account"));
        using var bob = (await Person.SignUpAsync(server.Uri, Ct, "bob")).Http();
        using var other = await bob.GetAsync("/api/account", Ct);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        async Task<HttpStatusCode> GetAsync(string path)
        {
            using var answer = await http.GetAsync(path, Ct);
            // The framework's handler of exceptions would add this header.
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.False(answer.Headers.Contains("Pragma"));
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("a b")]
    [InlineData("\ud800")]
    [InlineData("")]
    public async Task What_cannot_be_a_users_id_is_refused_without_asking_the_database(string id)
    {
        using var watched = new WatchedStatements();
        await using var server = new ChatServer();
        await using var hub = await PlainClient.ConnectAsync(await Person.SignUpAsync(server.Uri, Ct));
        watched.Begin();

        Assert.Equal(ErrorCodes.NotFound, await hub.RefusalAsync("Block", id));
        await hub.Hub.InvokeAsync("Unblock", id, Ct);

        var file = server.Data.File("chat.db");
        Assert.Equal(0, watched.Runs(file, sql => sql.Contains("Accounts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_sends_too_fast_is_told_when_to_come_back_and_nobody_else_is()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(new Dictionary<string, string> { ["Chat:Limits:SendRate"] = "2", ["Chat:Limits:SendBurst"] = "10" }, time);
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var room = await ann.CreateRoomAsync(Ct);
        await bob.JoinAsync(room.Id, Ct);
        time.Advance(TimeSpan.FromMinutes(1)); // what these two have stored is paid for
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        await using var hub = await PlainClient.ConnectAsync(ann);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.Created, (await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage($"{i}", "x"))).Status);

        var refused = await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("10", "x"));
        refused.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.Equal(ErrorCodes.RateLimited, await hub.RefusalAsync("Send", room.Id, new[] { new NewMessage("10", "x") })); // one account, one bucket
        Assert.Equal(HttpStatusCode.Created, (await two.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("b", "x"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await one.GetAsync($"/api/rooms/{room.Id}/events")).Status);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Created, (await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("10", "x"))).Status);
        Assert.Equal(HttpStatusCode.Created, (await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("11", "x"))).Status);
        (await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("12", "x"))).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        time.Advance(TimeSpan.FromMinutes(1));
        // More at once than a burst counts as a burst: it must be possible to send it at all.
        Assert.Equal(12, (await hub.SendAsync(room.Id, [.. Enumerable.Range(20, 12).Select(i => new NewMessage($"{i}", "x"))])).Count(r => r.Seq is not null));
    }

    [Fact]
    public async Task Headers_that_never_end_hold_up_nobody_and_are_cut_off()
    {
        await using var server = new ChatServer(services: s => s.Configure<KestrelServerOptions>(o => o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(2)));
        var slow = new List<TcpClient>();
        for (var i = 0; i < 200; i++)
        {
            var client = new TcpClient();
            slow.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, server.Uri.Port, Ct);
            await client.GetStream()
                .WriteAsync(Encoding.ASCII.GetBytes("GET /api/rooms HTTP/1.1\r\nHost: localhost\r\nX-Slow: "), Ct);
        }

        var ann = await Person.SignUpAsync(server.Uri, Ct);
        Assert.Equal(1, (await ann.CreateRoomAsync(Ct)).Head);
        foreach (var client in slow)
        {
            using (client)
                await ReadToEndAsync(client.GetStream()).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        }

        static async Task ReadToEndAsync(NetworkStream stream)
        {
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, Ct) > 0)
            {
            }
        }
    }

    [Fact]
    public async Task Neither_bodies_nor_tokens_nor_passwords_get_into_the_log()
    {
        const string Secret = "xyzzy-secret";
        await using var server = new ChatServer(new Dictionary<string, string> { ["Logging:LogLevel:Default"] = "Trace" });
        using var http = new HttpClient { BaseAddress = server.Uri };
        foreach (var path in (string[])["register", "login", "login"])
        {
            using var answer = await http.PostAsJsonAsync($"/api/account/{path}", new PasswordRequest("member", $"{Secret}-password"), ChatJson.Options, Ct);
            Assert.True(answer.IsSuccessStatusCode);
        }
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var room = await ann.CreateRoomAsync(Ct);
        using var api = new Api(server.Uri, ann);
        await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("a", Secret));
        await api.PostAsync($"/api/rooms/{room.Id}/messages", $"{{\"clientId\":\"a\",\"body\":\"{Secret}\" broken");
        await api.PostAsync($"/api/rooms/{room.Id}/messages", $"{{\"clientId\":\"a\",\"body\":[\"{Secret}\"]}}");
        await using (var hub = await PlainClient.SyncedAsync(ann, (room.Id, 0)))
        {
            await hub.SayAsync(room.Id, Secret);
            await hub.RefusalAsync("Send", room.Id, Secret);
        }
        await using (var raw = await RawHubClient.SyncedAsync(server.Uri, ann.Token, Ct))
        {
            await raw.SendTextAsync($$"""{"type":1,"target":"Send","arguments":["{{Secret}}",{{Secret}}]}""", Ct);
            await raw.EndedAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        }

        Assert.NotEmpty(server.Log.Lines);
        Assert.DoesNotContain(server.Log.Lines, l => l.ToString().Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Lines, l => l.ToString().Contains(ann.Token[..40], StringComparison.Ordinal));
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Chat.Contracts;
using Chat.Tests.Statements;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>How many hub connections one user may begin, and what counts as one.</summary>
public sealed class ConnectRateTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly WatchedStatements _watched = new(); // made before the server, so that it hears of it
    private readonly ChatServer _server;

    public ConnectRateTests() =>
        _server = new ChatServer(new Dictionary<string, string> { ["Chat:Limits:ConnectsPerMinute"] = "10" }, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _watched.Dispose();
    }

    [Fact]
    public async Task A_WebSocket_with_an_empty_id_is_a_new_connection_and_counts_as_one()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.SwitchingProtocols, await OpenAsync(ann));

        Assert.Equal(HttpStatusCode.TooManyRequests, await OpenAsync(ann));
    }

    [Theory]
    [InlineData("/negotiate")]
    [InlineData("/negotiate/")]
    [InlineData("/NEGOTIATE")]
    public async Task A_new_connection_over_the_rate_is_refused_before_the_database_is_asked_for_it(string path)
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct);
        using var http = ann.Http();
        _watched.Begin();
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(http, path));
        Assert.Equal(10, _watched.SignInsAsked(_server));

        using (var refused = await http.PostAsync($"{Wire.HubPath}{path}", null, Ct))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(6), refused.Headers.RetryAfter?.Delta);
            Assert.Contains(
                ErrorCodes.RateLimited, await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, await OpenAsync(ann));
        Assert.Equal(10, _watched.SignInsAsked(_server));
    }

    [Fact]
    public async Task A_malformed_message_counts_as_several_new_connections()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        for (var i = 0; i < 2; i++)
        {
            await using var raw = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
            await raw.SendTextAsync("not JSON", Ct);
            await raw.EndedAsync(Ct);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await OpenAsync(ann));
        Assert.Equal(HttpStatusCode.SwitchingProtocols,
            await OpenAsync(await Person.SignUpAsync(_server.Uri, Ct, "bob")));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await OpenAsync(ann));
    }

    [Fact]
    public async Task An_ended_sign_in_takes_no_connections_from_its_account()
    {
        using HttpClient old = new() { BaseAddress = _server.Uri }, now = new() { BaseAddress = _server.Uri };
        await PasswordAccount.SignInAsync(old, "register", Ct);
        using (var ended = await old.PostAsync("/api/account/logout", null, Ct))
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await NegotiateAsync(old));

        await PasswordAccount.SignInAsync(now, "login", Ct);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(now));
        Assert.Equal(HttpStatusCode.TooManyRequests, await NegotiateAsync(now));
    }

    [Fact]
    public async Task A_foreign_page_takes_no_connections_from_the_user_of_the_cookie()
    {
        using HttpClient page = new() { BaseAddress = _server.Uri };
        using (var guest = await page.PostAsJsonAsync(
            "/api/account/guest?useCookies=true", new GuestRequest("gwen"), ChatJson.Options, Ct))
            guest.EnsureSuccessStatusCode();
        page.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(page));

        page.DefaultRequestHeaders.Remove("Origin");
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(page));
        Assert.Equal(HttpStatusCode.TooManyRequests, await NegotiateAsync(page));
    }

    private static async Task<HttpStatusCode> NegotiateAsync(HttpClient http, string path = "/negotiate")
    {
        using var answer = await http.PostAsync($"{Wire.HubPath}{path}?negotiateVersion=1", null, Ct);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> OpenAsync(Person person)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.SetRequestHeader("Authorization", $"Bearer {person.Token}");
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{person.Server.Authority}{Wire.HubPath}?id="), Ct);
        }
        catch (WebSocketException)
        {
            // The status says why.
        }
        return socket.HttpStatusCode;
    }
}

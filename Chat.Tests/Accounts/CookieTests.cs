using System.Net;
using System.Text.Json;
using Chat.Contracts;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class CookieTests : IAsyncLifetime
{
    private readonly AccountServer _server = new() { Settings = { ["Chat:Accounts:Origins:0"] = "https://page.example" } };

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("guest", UserKind.Guest)]
    [InlineData("register", UserKind.Member)]
    [InlineData("login", UserKind.Member)]
    public async Task With_useCookies_a_cookie_is_set_and_the_tokens_are_left_out(string call, UserKind kind)
    {
        if (call == "login") await _server.RegisterAsync("Cookie", "long enough");
        var body = new { name = "Cookie", password = "long enough" };
        using var answer = await _server.PostAsync($"/api/account/{call}?useCookies=true", body);
        var json = await answer.ReadAsync<JsonElement>();
        Assert.Equal(["user"], json.EnumerateObject().Select(p => p.Name));
        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split("; ");
        Assert.StartsWith("chat=", set[0], StringComparison.Ordinal);
        Assert.Contains("httponly", set);
        Assert.Contains("samesite=lax", set);
        Assert.Contains("path=/", set);
        Assert.DoesNotContain("secure", set);

        using var who = await _server.GetAsync("/api/account", cookie: answer.Cookie());
        var user = (await who.ReadAsync<AccountAnswer>()).User;
        Assert.Equal(("Cookie", kind), (user.Name, user.Kind));
    }

    [Fact]
    public async Task Logging_out_ends_the_cookie_at_once_even_for_who_kept_a_copy()
    {
        var cookie = await CookieAsync();
        using (var answer = await _server.PostAsync("/api/account/logout", cookie: cookie))
        {
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal("chat=", answer.Cookie());
        }
        using var after = await _server.GetAsync("/api/account", cookie: cookie);
        await after.RefusesAsync(401, "unauthenticated");
        Assert.Null(after.Headers.Location);
    }

    [Theory]
    [InlineData("chat=forged")]
    [InlineData("chat=")]
    [InlineData("chat=chunks-9999")]
    public async Task A_forged_cookie_is_nobody(string cookie)
    {
        using var answer = await _server.GetAsync("/api/account", cookie: cookie);
        await answer.RefusesAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_cookie_in_use_is_renewed_together_with_its_sign_in_and_an_idle_one_expires()
    {
        var cookie = await CookieAsync();
        _server.Time.Advance(TimeSpan.FromDays(20));
        using (var used = await _server.GetAsync("/api/account", cookie: cookie))
        {
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
            cookie = used.Cookie();
        }
        _server.Time.Advance(TimeSpan.FromDays(14));
        using (var kept = await _server.GetAsync("/api/account", cookie: cookie)) Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        _server.Time.Advance(TimeSpan.FromDays(30));
        using var idle = await _server.GetAsync("/api/account", cookie: cookie);
        await idle.RefusesAsync(401, "unauthenticated");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("own", true)]
    [InlineData("https://page.example", true)]
    [InlineData("https://page.example:444", false)]
    [InlineData("http://page.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://page.example.evil.example", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    public async Task The_cookie_does_nothing_for_a_foreign_page(string? origin, bool allowed)
    {
        if (origin == "own") origin = _server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var cookie = await CookieAsync();
        using (var answer = await _server.PostAsync("/api/rooms", cookie: cookie, origin: origin))
        {
            if (allowed) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            else await answer.RefusesAsync(403, "forbidden");
        }
        using var socket = new HttpRequestMessage(HttpMethod.Get, "/hubs/chat");
        socket.Headers.Add("Cookie", cookie);
        socket.Headers.Add("Connection", "Upgrade");
        socket.Headers.Add("Upgrade", "websocket");
        if (origin is not null) socket.Headers.Add("Origin", origin);
        using var upgraded = await _server.Http.SendAsync(socket, TestContext.Current.CancellationToken);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, upgraded.StatusCode);
    }

    [Theory]
    [InlineData("same-origin", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    [InlineData("none", false)]
    public async Task The_browsers_own_word_that_the_page_is_ours_counts_where_a_proxy_has_replaced_the_host(string site, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/rooms");
        request.Headers.Add("Cookie", await CookieAsync());
        request.Headers.Add("Origin", "https://chat.example");
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Host = "inside.example";
        using var answer = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, true)] // no browser, or one too old to say
    [InlineData("same-origin", true)]
    [InlineData("none", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    [InlineData("anything", false)]
    public async Task Without_an_origin_the_browsers_own_word_is_enough_to_refuse_a_foreign_page(string? site,
        bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/rooms");
        request.Headers.Add("Cookie", await CookieAsync());
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        using var answer = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_works_from_any_page_since_no_browser_sends_it_by_itself()
    {
        var session = await _server.GuestAsync("Tokens");
        using var answer = await _server.PostAsync("/api/rooms", token: session.AccessToken, origin: "https://evil.example");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<string> CookieAsync()
    {
        using var answer = await _server.PostAsync("/api/account/guest?useCookies=true", new { name = "Cookie" });
        return answer.Cookie();
    }
}

using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>The requests that count against a user's rates, and those that do not.</summary>
public sealed class RequestRateTests : IAsyncDisposable
{
    private const int Calls = 10;

    private readonly ChatServer _server = new(
        new Dictionary<string, string>
        {
            ["Chat:Limits:CallRate"] = $"{Calls}",
            ["Chat:Limits:CallBurst"] = $"{Calls}",
            ["Chat:Limits:RefusalRate"] = "5",
            ["Chat:Limits:RefusalBurst"] = "5",
        },
        new FakeTimeProvider(DateTimeOffset.UtcNow));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_ended_sign_in_takes_no_calls_from_its_account()
    {
        using HttpClient old = new() { BaseAddress = _server.Uri }, now = new() { BaseAddress = _server.Uri };
        await PasswordAccount.SignInAsync(old, "register", Ct);
        Assert.Equal(HttpStatusCode.NoContent, await LogOutAsync(old));
        for (var i = 0; i < Calls; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(old));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(old));

        await PasswordAccount.SignInAsync(now, "login", Ct);
        for (var i = 0; i < Calls; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(now));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(now));
    }

    [Theory]
    [InlineData("same-site")]
    [InlineData("cross-site")]
    public async Task What_a_foreign_page_asks_for_is_asked_for_by_nobody(string site)
    {
        using HttpClient page = new() { BaseAddress = _server.Uri };
        using (var guest = await page.PostAsJsonAsync(
            "/api/account/guest?useCookies=true", new GuestRequest("gwen"), ChatJson.Options, Ct))
            guest.EnsureSuccessStatusCode();
        page.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        for (var i = 0; i < 2 * Calls; i++)
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(page, "/api/nowhere"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(page));

        page.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(page));
    }

    [Fact]
    public async Task Who_is_over_every_rate_can_still_sign_out()
    {
        using HttpClient http = new() { BaseAddress = _server.Uri };
        await PasswordAccount.SignInAsync(http, "register", Ct);
        for (var i = 0; i < Calls; i++)
        {
            Assert.Equal(i < 6 ? HttpStatusCode.NotFound : HttpStatusCode.TooManyRequests,
                await AskAsync(http, "/api/nowhere"));
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(http));

        Assert.Equal(HttpStatusCode.NoContent, await LogOutAsync(http));
    }

    [Fact]
    public async Task Ending_a_sign_in_again_and_again_is_refused()
    {
        using HttpClient http = new() { BaseAddress = _server.Uri };
        await PasswordAccount.SignInAsync(http, "register", Ct);
        Assert.Equal(HttpStatusCode.NoContent, await LogOutAsync(http));

        HttpStatusCode answer;
        var times = 0;
        do
            answer = await LogOutAsync(http);
        while (answer == HttpStatusCode.Unauthorized && ++times < 100);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer);
    }

    [Fact]
    public async Task Whatever_the_hub_refuses_over_HTTP_counts_as_refused()
    {
        using HttpClient http = new() { BaseAddress = _server.Uri };
        await PasswordAccount.SignInAsync(http, "register", Ct);
        for (var i = 0; i < 6; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(http, Wire.HubPath)); // no id

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(http, Wire.HubPath));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string path = "/api/account")
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> LogOutAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/api/account/logout", null, Ct);
        return answer.StatusCode;
    }
}

using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Tests.Statements;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Hosting;

/// <summary>The cookie over https, under its present name and its former one.</summary>
public sealed partial class TlsTests
{
    [Fact]
    public async Task The_cookie_goes_over_https_only()
    {
        using var http = server.Http();

        using var answer = await http.PostAsJsonAsync(
            "/api/account/guest?useCookies=true", new GuestRequest("cookie"), ChatJson.Options, Ct);

        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split("; ");
        Assert.StartsWith("__Host-chat=", set[0], StringComparison.Ordinal);
        Assert.Contains("secure", set);
        Assert.Contains("path=/", set);
        Assert.DoesNotContain(set, part => part.StartsWith("domain", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_cookie_under_its_former_name_counts_and_is_renewed_under_the_new_one_which_then_wins()
    {
        using var http = Cookieless(server);
        var (former, other) = (Former(await CookieAsync(http, "former"), server), await CookieAsync(http, "other"));

        using var renewed = await WhoAsync(http, $"chat={former}");
        using var both = await WhoAsync(http, $"chat={former}; __Host-chat={other}");

        Assert.Equal("former",
            (await renewed.Content.ReadFromJsonAsync<AccountAnswer>(ChatJson.Options, Ct))!.User.Name);
        Assert.StartsWith("__Host-chat=", Assert.Single(renewed.Headers.GetValues("Set-Cookie")),
            StringComparison.Ordinal);
        Assert.Equal("other", (await both.Content.ReadFromJsonAsync<AccountAnswer>(ChatJson.Options, Ct))!.User.Name);
        Assert.False(both.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_cookie_that_was_issued_under_the_new_name_does_not_count_under_the_former_one()
    {
        using var http = Cookieless(server);
        var issued = await CookieAsync(http, "planted");
        using var renewed = await WhoAsync(http, $"chat={Former(await CookieAsync(http, "old"), server)}");

        foreach (var value in (string[])[issued, Value(renewed)])
        {
            using var planted = await WhoAsync(http, $"chat={value}");
            using var own = await WhoAsync(http, $"__Host-chat={value}");

            Assert.Equal(HttpStatusCode.Unauthorized, planted.StatusCode);
            Assert.False(planted.Headers.Contains("Set-Cookie"));
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }
    }

    [Fact]
    public async Task A_former_cookie_that_is_sent_again_and_again_writes_nothing()
    {
        using var watched = new WatchedStatements();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var own = new TlsServer(new Dictionary<string, string>(), time);
        using var http = Cookieless(own);
        var former = Former(await CookieAsync(http, "again"), own);
        watched.Begin();

        for (var i = 0; i < 30; i++)
        {
            using var answer = await WhoAsync(http, $"chat={former}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(i < 20, answer.Headers.Contains("Set-Cookie"));
        }

        var file = own.Server.Data.File("chat.db");
        Assert.Equal(0, watched.Runs(file, sql => sql.StartsWith("UPDATE", StringComparison.Ordinal)));
    }

    /// <summary>As an older version issued it.</summary>
    private static string Former(string cookie, TlsServer server)
    {
        var format = server.Server.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(CookieAuthenticationDefaults.AuthenticationScheme).TicketDataFormat;
        var ticket = format.Unprotect(cookie)!;
        ticket.Properties.Items.Remove("host");
        return format.Protect(ticket);
    }

    private static HttpClient Cookieless(TlsServer server)
    {
        var handler = server.Trust.NewHandler(server.Uri);
        handler.UseCookies = false;
        return new HttpClient(handler) { BaseAddress = server.Uri };
    }

    private static string Value(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1];

    private static async Task<string> CookieAsync(HttpClient http, string name)
    {
        using var answer = await http.PostAsJsonAsync(
            "/api/account/guest?useCookies=true", new GuestRequest(name), ChatJson.Options, Ct);
        return Value(answer);
    }

    private static async Task<HttpResponseMessage> WhoAsync(HttpClient http, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/account");
        request.Headers.Add("Cookie", cookie);
        return await http.SendAsync(request, Ct);
    }
}

using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Hosting;

/// <summary>Who may say where a request comes from.</summary>
public sealed class TrustedProxyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    public async Task Forwarded_headers_count_from_listed_proxies_only(string listed, bool counts)
    {
        var settings = new Dictionary<string, string> { ["Chat:Limits:AccountsPerMinute"] = "1" };
        if (listed.Length > 0)
            settings["Chat:TrustedProxies:0"] = listed;
        await using var server = new ChatServer(settings);
        using var http = new HttpClient { BaseAddress = server.Uri };

        // Two clients behind one proxy, by an address that the first one made up and one that the proxy saw.
        var first = await GuestAsync("ann", "203.0.113.9, 198.51.100.1");
        var second = await GuestAsync("ben", "203.0.113.9, 198.51.100.2");

        Assert.Equal((HttpStatusCode.OK, counts), first);
        Assert.Equal(counts ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, second.Status);

        async Task<(HttpStatusCode Status, bool IsSecure)> GuestAsync(string name, string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/account/guest?useCookies=true")
            {
                Content = JsonContent.Create(new GuestRequest(name), options: ChatJson.Options),
                Headers = { { "X-Forwarded-For", from }, { "X-Forwarded-Proto", "https" } },
            };
            using var answer = await http.SendAsync(request, Ct);
            return (answer.StatusCode, answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Single().Contains("; secure", StringComparison.Ordinal));
        }
    }
}

using System.Net;
using Chat.Tests.Support;

namespace Chat.Tests.Cluster;

/// <summary>The balancer of <c>docker-compose.yml</c>, with its own configuration: what it counts by address.</summary>
public sealed class DeployedBalancerTests : IAsyncLifetime
{
    private Balancer _balancer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _balancer = await Balancer.StartAsync("nginx", Deployed, Ct);

    public ValueTask DisposeAsync() => _balancer.DisposeAsync();

    /// <summary>There are no nodes, so what is not refused is answered 503 in its own words.</summary>
    [Theory]
    [InlineData("/api/account/guest", 31)]
    [InlineData("/API/Account/Login//", 31)]
    [InlineData("/api/account/register/", 31)]
    [InlineData("/api/account/refresh", 481)]
    [InlineData("/api/ACCOUNT/logout/", 481)]
    public async Task Accounts_and_sign_ins_are_limited_however_the_address_is_written(string path, int atOnce)
    {
        using var http = new HttpClient { BaseAddress = _balancer.Uri };
        var passed = 0;
        while (await StatusAsync(path) is not HttpStatusCode.TooManyRequests)
            Assert.True(++passed < atOnce * 20, "it ends");

        Assert.InRange(passed, atOnce, atOnce * 20); // some places come back meanwhile
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/api/account"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/api/rooms"));

        async Task<HttpStatusCode> StatusAsync(string to)
        {
            using var answer = await http.PostAsync(to, null, Ct);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            return answer.StatusCode;
        }
    }

    private static string Deployed(int port, string folder)
    {
        var deployed = File.ReadAllText(Repository.File("deploy/nginx/nginx.conf"));
        return "daemon off; master_process off;\n" + deployed
            .Replace("/dev/stderr", "stderr", StringComparison.Ordinal)
            .Replace("access_log /dev/stdout chat;", "access_log off;", StringComparison.Ordinal)
            .Replace("/tmp/", $"{folder}/", StringComparison.Ordinal)
            .Replace("listen 8080;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
            .Replace("set $nodes chat:8080;", $"set $nodes 127.0.0.1:{FreePort.Find()};", StringComparison.Ordinal);
    }
}

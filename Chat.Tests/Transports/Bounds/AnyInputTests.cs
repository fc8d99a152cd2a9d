using System.Text;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Transports.Bounds;

/// <summary>
/// No input to any endpoint, present or future, makes the server fail; a bad request is refused as the sender's fault.
/// </summary>
public sealed partial class AnyInputTests
{
    private static readonly string[] s_bodies =
        ["", "null", "[]", "{}", "5", "\"x\"", "[null]",
            "{\"name\":null,\"kind\":null,\"seq\":null,\"pieces\":[null],\"refreshToken\":null,\"password\":null}",
            "{"];

    private static readonly string[] s_queries = ["", "?after=x&limit=x&before=x&wait=x&callback=x",
        "?query=%00&after=-1&limit=0&clientId=%00&callback=%00&before=", "?after=1&after=2&limit=%FF"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_body_and_no_query_makes_an_endpoint_fail()
    {
        await using var server = new ChatServer();
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var room = await ann.CreateRoomAsync(Ct);
        using var http = ann.Http();
        http.Timeout = TimeSpan.FromSeconds(20);
        var failed = new List<string>();
        foreach (var (method, path) in Calls(server).Distinct())
        {
            foreach (var (body, query) in method == "GET" ? s_queries[1..].Select(q => ("", q))
                : s_bodies.SelectMany(b => s_queries[..2].Select(q => (b, q))))
            {
                var address = Parameter().Replace(path, p => p.Value == "{id}" ? room.Id : "1") + query;
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative));
                if (method != "GET")
                    request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                if ((int)answer.StatusCode >= 500)
                    failed.Add($"{method} {address} {body}: {(int)answer.StatusCode}");
            }
        }

        Assert.Empty(failed);
        Assert.DoesNotContain(server.Log.Lines, l => l.Error is not null || l.Level >= LogLevel.Error);
    }

    /// <summary>
    /// All endpoints of the server, without those that would end the sign-in, and without the page's.
    /// </summary>
    private static IEnumerable<(string Method, string Path)> Calls(ChatServer server) =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}"
        where path.StartsWith("/api/", StringComparison.Ordinal) && !path.EndsWith("/logout", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE"
            && !(method == "DELETE" && path.StartsWith("/api/account", StringComparison.Ordinal))
            && !(method == "DELETE" && path.EndsWith("/me", StringComparison.Ordinal))
        select (method, path);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

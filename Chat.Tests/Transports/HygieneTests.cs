using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Transports;

/// <summary>The demands of HTTP itself on every address below <c>/api</c>.</summary>
public sealed class HygieneTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Uri Server => shared.Uri;

    [Theory]
    [InlineData("/api/account")]
    [InlineData("/api/rooms")]
    [InlineData("/api/rooms/public?query=a")]
    [InlineData("/api/rooms/{id}/events")]
    [InlineData("/api/rooms/{id}/events?after=1000&wait=60")]
    [InlineData("/api/rooms/{id}/events/stream")]
    [InlineData("/api/rooms/{id}/events/frame?callback=got")]
    [InlineData("/api/rooms/{id}/events/socket", 426)]
    [InlineData("/api/request")]
    [InlineData("/api/server")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/nowhere", 404)]
    [InlineData("/api/account/guest", 405)]
    public async Task HEAD_answers_what_GET_would_without_a_body_and_at_once(string path, int status = 200)
    {
        var person = await Person.SignUpAsync(Server, Ct);
        var room = await person.CreateRoomAsync(Ct);
        using var http = person.Http();
        using var request = new HttpRequestMessage(HttpMethod.Head,
            path.Replace("{id}", room.Id, StringComparison.Ordinal));

        using var answer = await http.SendAsync(request, Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Ct));
        Assert.NotNull(answer.Content.Headers.ContentType);
    }

    [Fact]
    public async Task The_description_of_the_API_is_made_once_and_answered_with_a_tag()
    {
        var made = 0;
        await using var server = new ChatServer(services: s => s.Configure<OpenApiOptions>("v1", options =>
            options.AddDocumentTransformer((_, _, _) =>
            {
                Interlocked.Increment(ref made);
                return Task.CompletedTask;
            })));
        using var http = new HttpClient { BaseAddress = server.Uri };

        var documents = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => http.GetStringAsync("/openapi/v1.json", Ct)));

        Assert.Contains("/api/account/guest", Assert.Single(documents.Distinct()), StringComparison.Ordinal);
        using var first = await http.GetAsync("/openapi/v1.json", Ct);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await http.SendAsync(again, Ct);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task HEAD_tells_nobody_more_than_GET()
    {
        using var http = new HttpClient { BaseAddress = Server };
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/rooms");

        using var answer = await http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/json; charset=nope", "{}", 415, "Content-Type")]
    [InlineData("application/json; charset=utf-7", "{}", 415, "Content-Type")]
    [InlineData("application/json; charset=\"nope\"", "{}", 415, "Content-Type")]
    [InlineData("text/plain", "{}", 415, "Content-Type")]
    [InlineData("application/x-www-form-urlencoded", "name=a", 415, "Content-Type")]
    [InlineData(null, "{}", 415, "Content-Type")]
    [InlineData("application/json", "", 400, "body: missing")]
    [InlineData("application/json", " ", 400, "body")]
    [InlineData("application/json", "null", 400, "body: missing")]
    [InlineData("application/json", "{\"name\":\"\u00ff\"}", 400, "name")] // sent as Latin-1: not UTF-8
    [InlineData("application/json", "{\"name\":\"\\ud800\",\"kind\":\"public\"}", 400, "name")]
    [InlineData("application/json", "{\"name\":\"a\\u0000b\",\"kind\":\"public\"}", 400, "name")]
    public async Task A_body_that_cannot_be_read_is_refused_in_our_own_words(string? type, string body, int status,
        string says)
    {
        var logged = shared.Server.Log.Lines.Count(line =>
            line.ToString().Contains("failed", StringComparison.Ordinal));
        var person = await Person.SignUpAsync(Server, Ct);
        using var http = person.Http();
        foreach (var path in (string[])["/api/rooms", "/api/account/guest"])
        {
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            if (type is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", type);

            using var answer = await http.PostAsync(path, content, Ct);

            var text = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True(status == (int)answer.StatusCode, $"{path}: {(int)answer.StatusCode} {text}");
            Assert.Contains("\"code\":\"invalid\"", text, StringComparison.Ordinal);
            Assert.Contains(says, text, StringComparison.Ordinal);
            Assert.DoesNotContain("parameter", text, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(logged,
            shared.Server.Log.Lines.Count(line => line.ToString().Contains("failed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/api/rooms/public?query=a&query=b", "query: given more than once")]
    [InlineData("/api/rooms/public?query=a%00b", "query: U+0000")]
    [InlineData("/api/rooms/{id}/events?limit=1&limit=2", "limit: given more than once")]
    [InlineData("/api/rooms/{id}/events?after=x", "after")]
    public async Task A_query_that_cannot_be_read_is_refused_by_name(string path, string says)
    {
        var person = await Person.SignUpAsync(Server, Ct);
        var room = await person.CreateRoomAsync(Ct);
        using Api api = new(Server, person);

        var answer = await api.GetAsync(path.Replace("{id}", room.Id, StringComparison.Ordinal));

        Assert.StartsWith(says, answer.Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /api/rooms/\u00ff HTTP/1.1\r\nHost: localhost\r\n\r\n", "400")]
    [InlineData("GET /api/rooms/%FF/events HTTP/1.1\r\nHost: localhost\r\n\r\n", "401")]
    [InlineData("GET /api/rooms/%00/events HTTP/1.1\r\nHost: localhost\r\n\r\n", "400")]
    [InlineData("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n", "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {longer}\r\n\r\n", "431")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "400")]
    [InlineData("POST /api/account/guest HTTP/1.1\r\nHost: rebound.example:5000\r\nContent-Length: 0\r\n\r\n", "400")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: 10.1.2.3.balancer.example\r\n\r\n", "200")]
    public async Task What_is_no_request_to_this_server_is_refused(string request, string status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Server.Port, Ct);
        var text = request.Replace("{longer}", new string('x', 40_000), StringComparison.Ordinal)
            .Replace("{long}", new string('x', 9_000), StringComparison.Ordinal);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), Ct);

        var line = await new StreamReader(socket.GetStream()).ReadLineAsync(Ct);

        Assert.StartsWith($"HTTP/1.1 {status} ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/account")]
    [InlineData("GET", "/api/rooms")]
    [InlineData("GET", "/api/rooms/{id}/events")]
    [InlineData("GET", "/api/nowhere")]
    [InlineData("POST", "/api/account/guest")]
    [InlineData("POST", "/hubs/chat/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/api/rooms/{id}/events/stream")]
    public async Task No_answer_of_the_API_is_kept_or_framed(string method, string path)
    {
        var person = await Person.SignUpAsync(Server, Ct);
        var room = await person.CreateRoomAsync(Ct);
        using var http = person.Http();
        using var request = new HttpRequestMessage(new HttpMethod(method),
            path.Replace("{id}", room.Id, StringComparison.Ordinal));

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);

        Assert.True(answer.Headers.CacheControl?.NoStore, $"{answer.Headers.CacheControl}");
        Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task People_whose_name_is_dots_are_invited_removed_and_written_to_by_a_name_in_the_query()
    {
        var (owner, dots) = (await Person.SignUpAsync(Server, Ct), await Person.SignUpAsync(Server, Ct));
        await using (var db = await shared.Server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>()
            .CreateDbContextAsync(Ct))
            await db.Users.Where(u => u.Id == dots.User.Id).ExecuteUpdateAsync(u =>
                u.SetProperty(a => a.UserName, "..").SetProperty(a => a.NormalizedUserName, ".."), Ct);
        var room = await owner.CreateRoomAsync(Ct);
        using Api api = new(Server, owner);

        var invited = await api.PutAsync($"/api/rooms/{room.Id}/members?name=..");
        var removed = await api.DeleteAsync($"/api/rooms/{room.Id}/members?name=%2E%2E");
        var direct = await api.PutAsync("/api/direct?name=..");
        var nobody = await api.DeleteAsync($"/api/rooms/{room.Id}/members");

        invited.As<Room>();
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        direct.As<Room>();
        Assert.Equal("name: missing", nobody.Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("...")]
    public async Task Nobody_new_takes_a_name_of_dots(string name)
    {
        using Api api = new(Server, null);

        (await api.PostAsync("/api/account/guest", new GuestRequest(name))).Refuses(HttpStatusCode.BadRequest,
            ErrorCodes.Invalid);
    }
}

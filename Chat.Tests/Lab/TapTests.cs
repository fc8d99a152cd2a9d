using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Lab;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Lab;

/// <summary>What the server copies for the lab: the bytes of those requests that ask for it, for the person whose they are, and of nothing else.</summary>
public sealed class TapTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const string Lab = "lab-of-this-test";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tap_holds_each_byte_of_the_requests_that_name_it_and_of_no_other_on_the_same_connection()
    {
        var jo = await Person.SignUpAsync(server.Uri, Ct, "jo");
        var room = await jo.CreateRoomAsync(Ct);
        using var wire = await Wire.OpenAsync(server.Uri);
        await wire.AskAsync($"GET /api/rooms/{room.Id}/events?after=0 HTTP/1.1", $"Authorization: Bearer {jo.Token}");
        var body = """{"clientId":"1","body":"on the record"}""";
        string[] headers = [$"Authorization: Bearer {jo.Token}", "Cookie: chat=a-secret", "Content-Type: application/json", $"Content-Length: {body.Length}"];
        var answer = await wire.AskAsync($"POST /api/rooms/{room.Id}/messages?lab={Lab} HTTP/1.1", headers, body);
        await wire.AskAsync($"GET /api/rooms/{room.Id}/events?limit=1 HTTP/1.1", $"Authorization: Bearer {jo.Token}");

        var tap = await ReadAsync(jo, Lab);
        Assert.Equal(1, tap.Requests);
        Assert.Equal(0, tap.Open);
        Assert.Equal(answer, Text(tap, fromClient: false));
        var request = Text(tap, fromClient: true);
        var secrets = new[] { $"Bearer {jo.Token}", "chat=a-secret" };
        Assert.Equal(secrets.Aggregate(wire.LastButOne, (text, secret) => text.Replace(secret, new string('*', secret.Length), StringComparison.Ordinal)), request);
        Assert.Equal((request.Length, answer.Length), (tap.Received, tap.Sent));
    }

    [Fact]
    public async Task A_request_that_comes_in_parts_is_seen_whole_and_its_token_in_the_query_is_not_seen()
    {
        var jo = await Person.SignUpAsync(server.Uri, Ct, "jo");
        var room = await jo.CreateRoomAsync(Ct);
        using var wire = await Wire.OpenAsync(server.Uri);
        var head = $"GET /api/rooms/{room.Id}/events?lab={Lab}&access_token={jo.Token}&after=0 HTTP/1.1\r\nHost: "
            + $"localhost\r\nX-Padding: {new string('p', 9_000)}\r\n\r\n";
        // The events' page takes no token from the query, so it is given in the header as well.
        head = head.Replace("Host: localhost", $"Host: localhost\r\nauthorization: Bearer {jo.Token}",
            StringComparison.Ordinal);
        await wire.SendAsync(head[..6_000]);
        await wire.SendAsync(head[6_000..]);
        var answer = await wire.AnswerAsync();

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        var tap = await ReadAsync(jo, Lab);
        var request = Text(tap, fromClient: true);
        Assert.Equal(head.Length, request.Length);
        Assert.DoesNotContain(jo.Token, request, StringComparison.Ordinal);
        Assert.Contains($"access_token={new string('*', jo.Token.Length)}&after=0 HTTP/1.1", request, StringComparison.Ordinal);
        Assert.Equal(answer, Text(tap, fromClient: false));
    }

    [Fact]
    public async Task Nobody_reads_another_persons_tap_and_no_request_without_a_token_is_copied()
    {
        var jo = await Person.SignUpAsync(server.Uri, Ct, "jo");
        var eve = await Person.SignUpAsync(server.Uri, Ct, "eve");
        using var http = jo.Http();
        await http.GetAsync(new Uri($"/api/rooms/public?lab={Lab}", UriKind.Relative), Ct);
        Assert.NotEmpty((await ReadAsync(jo, Lab)).Pieces);
        Assert.Empty((await ReadAsync(eve, Lab)).Pieces);
        using Api nobody = new(server.Uri, null);
        (await nobody.GetAsync($"/api/lab/taps/{Lab}")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
        (await nobody.PostAsync("/api/lab/tls", new { pieces = Array.Empty<object>() })).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);

        // By the cookie: a script could read from the tap what the browser hides from scripts.
        using var browser = new HttpClient { BaseAddress = server.Uri };
        using var signedIn = await browser.PostAsJsonAsync("/api/account/guest?useCookies=true", new { name = "cookie-jo" }, Ct);
        Assert.True(signedIn.IsSuccessStatusCode);
        using var mine = await browser.GetAsync(new Uri($"/api/rooms/public?lab={Lab}", UriKind.Relative), Ct);
        Assert.True(mine.IsSuccessStatusCode);
        var tap = await browser.GetFromJsonAsync<LabEndpoints.TapAnswer>($"/api/lab/taps/{Lab}", ChatJson.Options, Ct);
        Assert.Equal(0, Assert.Single(tap!.Parts).Requests);
    }

    [Fact]
    public async Task What_is_sealed_says_nothing_of_what_it_seals_but_its_size()
    {
        var jo = await Person.SignUpAsync(server.Uri, Ct, "jo");
        using Api api = new(server.Uri, jo);
        var secret = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a secret for D ", 100)));
        var answer = await api.PostAsync("/api/lab/tls", new { pieces = new[] { new { fromClient = true, data = secret }, new { fromClient = false, data = secret } } });
        var pieces = answer.As<LabEndpoints.SealAnswer>().Pieces;
        Assert.Equal([true, false], pieces.TakeLast(2).Select(p => p.FromClient));
        Assert.All(pieces.TakeLast(2), p => Assert.InRange(p.Data.Length, secret.Length + 5, secret.Length + 100));
        Assert.All(pieces.TakeLast(2), p => Assert.Equal([23, 3, 3], p.Data.Take(3))); // application_data (RFC 8446, section 5.1)
        Assert.DoesNotContain("secret", string.Concat(pieces.Select(p => Encoding.Latin1.GetString(p.Data))), StringComparison.Ordinal);
        (await api.PostAsync("/api/lab/tls", new { pieces = new[] { new { fromClient = true, data = new byte[100_000] } } }))
            .Refuses(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.TooLarge);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"pieces":null}""")]
    [InlineData("""{"pieces":[null]}""")]
    [InlineData("""{"pieces":[{}]}""")]
    [InlineData("""{"pieces":[{"fromClient":true,"data":null}]}""")]
    [InlineData("""{"pieces":[{"fromClient":true,"data":"not base64"}]}""")]
    public async Task What_cannot_be_sealed_is_refused(string json)
    {
        var jo = await Person.SignUpAsync(server.Uri, Ct, "jo");
        using Api api = new(server.Uri, jo);
        (await api.PostAsync("/api/lab/tls", json)).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
    }

    [Fact]
    public async Task Handshakes_have_a_small_rate_of_their_own()
    {
        await using var slow = new ChatServer(time: new FakeTimeProvider(DateTimeOffset.UtcNow));
        var jo = await Person.SignUpAsync(slow.Uri, Ct, "jo");
        using Api api = new(slow.Uri, jo);
        for (var i = 0; i < LabOptions.SealsPerMinute; i++)
            Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/api/lab/tls", """{"pieces":[]}""")).Status);
        (await api.PostAsync("/api/lab/tls", """{"pieces":[]}""")).Refuses(HttpStatusCode.TooManyRequests,
            ErrorCodes.RateLimited);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("urls=http://localhost:5000", true)]
    [InlineData("urls=http://127.0.0.1:5000;https://[::1]:5001", true)]
    [InlineData("urls=http://127.0.0.1:5000;http://*:80", false)]
    [InlineData("urls=http://10.0.0.3:5000", false)]
    [InlineData("urls=http://chat.example", false)]
    [InlineData("urls=nonsense", false)]
    [InlineData("http_ports=8080", false)]
    [InlineData("Kestrel:Endpoints:Http:Url=http://0.0.0.0:80", false)]
    [InlineData("Kestrel:Endpoints:Http:Url=http://localhost:80", true)]
    [InlineData("urls=http://*:80&Chat:Lab:Enabled=true", true)]
    [InlineData("Chat:Lab:Enabled=false", false)]
    [InlineData("urls=http://127.0.0.1:5000&AllowedHosts=chat.example", false)]
    [InlineData("urls=http://127.0.0.1:5000&AllowedHosts=localhost;chat.example", false)]
    [InlineData("AllowedHosts=*", false)]
    [InlineData("AllowedHosts=localhost;dev.localhost;127.0.0.1;[::1]", true)]
    [InlineData("Chat:TrustedProxies:0=127.0.0.1", false)]
    [InlineData("Chat:Accounts:Origins:0=https://chat.example", false)]
    [InlineData("Chat:Accounts:Origins:0=http://localhost:5173", true)]
    [InlineData("AllowedHosts=chat.example&Chat:Lab:Enabled=true", true)]
    public void The_lab_is_there_where_only_this_machine_reaches_it_or_where_it_is_switched_on(
        string settings, bool there)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2))
                .ToDictionary(s => s[0], s => (string?)s[1])).Build();
        Assert.Equal(there, LabOptions.IsEnabled(configuration));
    }

    [Theory]
    [InlineData("Chat:Lab:Enabled", "false")]
    [InlineData("AllowedHosts", "chat.example;127.0.0.1")] // as behind a proxy
    public async Task Where_the_lab_is_off_there_is_no_page_and_no_tap(string key, string value)
    {
        await using var off = new ChatServer(new Dictionary<string, string> { [key] = value });
        var jo = await Person.SignUpAsync(off.Uri, Ct, "jo");
        using Api api = new(off.Uri, jo);
        (await api.GetAsync("/lab")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await api.GetAsync($"/api/lab/taps/{Lab}")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"/api/rooms/public?lab={Lab}")).Status);
    }

    [Fact]
    public void Taps_are_bounded_and_forgotten()
    {
        var time = new FakeTimeProvider();
        var taps = new Taps(new NodeId("n"), time);
        var tap = taps.ForRequest("jo", "first")!;
        for (var i = 0; i < 1_000; i++)
            tap.Add(tap.Begin(), fromClient: true, new byte[1_000]);
        tap.Add(1, fromClient: false, new byte[1_000_000]);
        var part = taps.Read("jo", "first", []);
        Assert.Equal((1_000, 1_000_000, 1_000_000, 1_001), (part.Requests, part.Received, part.Sent, part.Last));
        Assert.InRange(part.Pieces.Sum(p => p.Data.Length), 1, Tap.MaxBytes);
        Assert.Equal(1_000_000, part.Pieces[^1].Data.Length + part.Pieces[^1].Cut);
        Assert.Equal([1_001], taps.Read("jo", "first", ["other:2000", "n:1000"]).Pieces.Select(p => p.N));

        for (var i = 0; i < 20; i++)
            Assert.NotNull(taps.ForRequest("jo", $"more-{i}")); // one person's own make room for each other
        for (var i = 0; i < 7 * 8; i++)
            Assert.NotNull(taps.ForRequest($"user-{i / 8}", $"{i}"));
        Assert.Null(taps.ForRequest("late", "one"));
        time.Advance(Taps.Forgotten + TimeSpan.FromSeconds(1));
        Assert.NotNull(taps.ForRequest("late", "one"));
        Assert.Equal(0, taps.Read("jo", "more-19", []).Requests);
    }

    private static async Task<TapPart> ReadAsync(Person person, string id)
    {
        using Api api = new(person.Server, person);
        return Assert.Single((await api.GetAsync($"/api/lab/taps/{id}")).As<LabEndpoints.TapAnswer>().Parts);
    }

    private static string Text(TapPart tap, bool fromClient) =>
        string.Concat(tap.Pieces.Where(p => p.FromClient == fromClient).Select(p => Encoding.UTF8.GetString(p.Data)));

    /// <summary>One connection, byte by byte.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private readonly List<string> _asked = [];

        public string LastButOne => _asked[^2];

        public static async Task<Wire> OpenAsync(Uri server)
        {
            var wire = new Wire();
            await wire._tcp.ConnectAsync(server.Host, server.Port, Ct);
            return wire;
        }

        public Task<string> AskAsync(string line, params string[] headers) => AskAsync(line, headers, "");

        public async Task<string> AskAsync(string line, string[] headers, string body)
        {
            _asked.Add(string.Concat(new[] { line, "Host: localhost" }.Concat(headers).Select(l => l + "\r\n")) + "\r\n"
                + body);
            await SendAsync(_asked[^1]);
            return await AnswerAsync();
        }

        public Task SendAsync(string text) => _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Ct).AsTask();

        /// <summary>All of an answer that comes in chunks.</summary>
        public async Task<string> AnswerAsync()
        {
            var (text, buffer) = (new StringBuilder(), new byte[4096]);
            while (!text.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await _tcp.GetStream().ReadAsync(buffer, Ct);
                Assert.NotEqual(0, read);
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
            return text.ToString();
        }

        public void Dispose() => _tcp.Dispose();
    }
}

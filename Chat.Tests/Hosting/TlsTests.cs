using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Hosting.Tls;
using Chat.Tests.Statements;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Hosting;

/// <summary>The server with <c>--tls</c>, over the wire.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private const byte Alert = 21, Handshake = 22;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_switch_is_short_for_its_configuration_key_wherever_it_stands() => Assert.Equal(
        ["--Chat:Tls:Enabled=true", "--urls", "https://localhost:5001"], TlsSetup.Expand(["--tls", "--urls", "https://localhost:5001"]));

    [Fact]
    public void The_fingerprint_is_said_at_the_start() =>
        Assert.Contains(server.Server.Log.Lines, line => line.Text.Contains(server.Certificate.Current.Pin, StringComparison.Ordinal));

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Both_versions_of_HTTP_are_spoken(string version)
    {
        using var http = server.Http(Version.Parse(version));

        using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Ct);

        Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, $"{answer.Version}"));
    }

    [Theory]
    [InlineData(2, Alert)] // TLS 1.1
    [InlineData(3, Handshake)] // TLS 1.2
    public async Task TLS_below_1_2_is_refused(byte minor, byte expected)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Uri.Port, Ct);
        await socket.GetStream().WriteAsync(Hello(minor), Ct);

        var answer = new byte[1];
        await socket.GetStream().ReadExactlyAsync(answer, Ct);

        Assert.Equal(expected, answer[0]);
    }

    [Theory]
    [InlineData("chat.example", null, "max-age=63072000")]
    [InlineData("chat.example", "0", "max-age=0")]
    [InlineData("localhost", null, null)]
    public async Task Browsers_are_told_to_stay_with_https_where_the_certificate_was_given(string host, string? days,
        string? told)
    {
        using var files = new TemporaryFolder();
        var settings = new Dictionary<string, string>
        {
            ["Chat:Tls:Certificate"] = PemPair.Make("chat.example").WriteInto(files.Path), ["AllowedHosts"] = "*",
        };
        if (days is not null)
            settings["Chat:Tls:HstsDays"] = days;
        await using var given = new TlsServer(settings);
        using var http = given.Http();
        foreach (var path in (string[])["/", "/health/live", "/api/account", "/nowhere"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var answer = await http.SendAsync(request, Ct);
            Assert.Equal(told, answer.Headers.TryGetValues("Strict-Transport-Security", out var values)
                ? Assert.Single(values) : null);
        }
    }

    [Fact]
    public async Task A_certificate_of_the_servers_own_making_binds_no_browser_to_it()
    {
        using var http = server.Http();

        using var answer = await http.GetAsync("/", Ct);

        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task The_cookie_goes_over_https_only()
    {
        using var http = server.Http();

        using var answer = await http.PostAsJsonAsync("/api/account/guest?useCookies=true", new GuestRequest("cookie"), ChatJson.Options, Ct);

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

    [Theory]
    [InlineData("GET /r/abc?x=1 HTTP/1.1", "308 Permanent Redirect\r\nLocation: https://chat.example:{0}/r/abc?x=1\r\n")]
    [InlineData("POST /api/account/login HTTP/1.1", "400 Bad Request\r\n")]
    [InlineData("GET http://elsewhere.example/ HTTP/1.1", "400 Bad Request\r\n")]
    public async Task Plain_HTTP_is_sent_on_or_refused_in_words(string line, string says)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Uri.Port, Ct);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\nHost: chat.example:80\r\n\r\n"), Ct);

        var answer = await new StreamReader(stream).ReadToEndAsync(Ct);

        Assert.StartsWith($"HTTP/1.1 {string.Format(CultureInfo.InvariantCulture, says, server.Uri.Port)}", answer, StringComparison.Ordinal);
        Assert.EndsWith("This port speaks https only.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hub_works_over_a_WebSocket_in_HTTP_2()
    {
        var person = await server.SignUpAsync(Ct);
        using var socket = await ConnectAsync($"{Wire.HubPath}?access_token={person.Token}");

        await SendAsync(socket, """{"protocol":"json","version":1}""" + '\u001e');
        await SendAsync(socket, """{"type":1,"invocationId":"1","target":"Sync","arguments":[{}]}""" + '\u001e');

        await ReceiveAsync(socket, person.User.Id);
        Assert.Contains(new RecordedRequest("HTTP/2", "CONNECT", Wire.HubPath), server.Requests);
    }

    [Fact]
    public async Task A_rooms_bare_WebSocket_works_in_HTTP_2()
    {
        var person = await server.SignUpAsync(Ct);
        using var http = server.Http(HttpVersion.Version20);
        http.DefaultRequestHeaders.Authorization = new("Bearer", person.Token);
        using var made = await http.PostAsJsonAsync("/api/rooms", new NewRoom("bare", RoomKind.Public), ChatJson.Options, Ct);
        var room = (await made.Content.ReadFromJsonAsync<Room>(ChatJson.Options, Ct))!;
        var path = $"/api/rooms/{room.Id}/events/socket";
        using var socket = await ConnectAsync($"{path}?after=0&access_token={person.Token}", "chat.v1");

        await SendAsync(socket, """{"clientId":"c1","body":"over HTTP/2"}""");

        await ReceiveAsync(socket, "over HTTP/2");
        Assert.Contains(new RecordedRequest("HTTP/2", "CONNECT", path), server.Requests);
    }

    [Theory]
    [InlineData("own", true)]
    [InlineData("https://evil.example", false)]
    public async Task A_foreign_page_may_not_use_the_cookie_in_HTTP_2_either(string origin, bool allowed)
    {
        using var http = server.Http(HttpVersion.Version20);
        using var session = await http.PostAsJsonAsync("/api/account/guest?useCookies=true", new GuestRequest($"page-{Guid.NewGuid():n}"[..20]), ChatJson.Options, Ct);
        var cookie = Assert.Single(session.Headers.GetValues("Set-Cookie")).Split(';')[0];

        // There is no Upgrade header by which to know a WebSocket.
        var connecting = ConnectAsync(Wire.HubPath, null, ("Cookie", cookie), ("Origin", origin == "own" ? server.Uri.GetLeftPart(UriPartial.Authority) : origin));

        if (allowed)
            (await connecting).Dispose();
        else
            Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => connecting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_command_knows_the_servers_own_certificate()
    {
        Assert.Equal(0, await HealthAsync(("Chat__Tls__Enabled", "true"), ("Chat__Tls__Folder", server.Folder.File("tls"))));
        Assert.Equal(1, await HealthAsync());
    }

    private async Task<ClientWebSocket> ConnectAsync(string path, string? protocol = null, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        if (protocol is not null)
            socket.Options.AddSubProtocol(protocol);
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new Uri($"wss://{server.Uri.Authority}{path}"), new HttpMessageInvoker(server.Trust.NewHandler(server.Uri)), Ct);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Ct);

    /// <summary>Reads until this has come.</summary>
    private static async Task ReceiveAsync(ClientWebSocket socket, string expected)
    {
        var text = "";
        var part = new byte[8192];
        while (!text.Contains(expected, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(part, Ct);
            Assert.NotEqual(WebSocketMessageType.Close, read.MessageType);
            text += Encoding.UTF8.GetString(part, 0, read.Count);
        }
    }

    private async Task<int> HealthAsync(params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [ServerBinary.Path, "health", server.Uri.ToString()]);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    /// <summary>A client's first message that offers this version at most, as no library of today would write it (RFC 5246, 7.4.1.2).</summary>
    private static byte[] Hello(byte minor)
    {
        byte[] suites = [0xc0, 0x09, 0xc0, 0x0a, 0xc0, 0x2b, 0xc0, 0x2c];
        byte[] extensions =
        [
            0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, // the curve P-256
            0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, // its points uncompressed
            0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x02, 0x03, // ECDSA with SHA-256 and SHA-1
        ];
        byte[] body = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] message = [1, 0, 0, (byte)body.Length, .. body];
        return [Handshake, 3, 1, 0, (byte)message.Length, .. message];
    }
}

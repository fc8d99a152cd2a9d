using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Hosting.Tls;
using Chat.Tests.Support;

namespace Chat.Tests.Hosting;

/// <summary>The server with <c>--tls</c>, over the wire.</summary>
public sealed partial class TlsTests(TlsServer server) : IClassFixture<TlsServer>
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

using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Transports.Feeds;

/// <summary>Whatever is sent to the feeds, it is refused with a code that says why, and harms nobody.</summary>
public sealed class FeedInputTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const byte Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_out_of_their_range_are_refused_by_name()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        using var api = new Api(server.Uri, ann);
        var events = $"/api/rooms/{(await ann.CreateRoomAsync(Ct)).Id}/events";
        string[] wrong =
        [
            "?wait=61&after=0", "?wait=-1&after=0", "?wait=x&after=0", "?wait=99999999999&after=0", "?after=0&after=1", "?after=-1&wait=5",
            "?before=3&after=1&wait=5", "?limit=0&after=1&wait=5", "?limit=9999&after=1&wait=5",
            "/stream?after=-1", "/stream?after=x", "/stream?after=1&after=2", "/stream?after=99999999999999999999",
            "/socket?after=x", "/frame?callback=got&after=1.5", "/frame", "/frame?callback=", "/frame?callback=a.b", "/frame?callback=1a", "/frame?callback=a-b",
            "/frame?callback=alert(1)", "/frame?callback=a%0A", "/frame?callback=%3C/script%3E", "/frame?callback=%E4%BD%A0", "/frame?callback=got&callback=b",
            $"/frame?callback={new string('a', 65)}",
        ];
        foreach (var query in wrong)
        {
            var text = (await api.GetAsync(events + query)).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
            Assert.Contains(text.Split(':')[0], query + "callback", StringComparison.Ordinal);
        }
        (await api.GetAsync(events + "/socket?after=0")).Refuses(HttpStatusCode.UpgradeRequired, ErrorCodes.Invalid);
    }

    [Fact]
    public async Task A_room_that_is_not_for_me_is_not_there_over_any_of_them_nor_is_anything_for_nobody()
    {
        var (ann, bob) = (await Person.SignUpAsync(server.Uri, Ct), await Person.SignUpAsync(server.Uri, Ct));
        var (hers, open) = (await ann.CreateRoomAsync(Ct, RoomKind.Private), await ann.CreateRoomAsync(Ct));
        using var api = new Api(server.Uri, bob);
        using var nobody = new Api(server.Uri, null);
        foreach (var call in (string[])["events?after=0&wait=5", "events/stream", "events/frame?callback=got"])
        {
            (await api.GetAsync($"/api/rooms/{hers.Id}/{call}")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
            (await api.GetAsync($"/api/rooms/nosuchroom/{call}")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
            (await api.GetAsync($"/api/rooms/{open.Id}/{call}")).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
            (await nobody.GetAsync($"/api/rooms/{open.Id}/{call}")).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
        }
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(bob, hers.Id, "Sec-WebSocket-Protocol: chat.v1"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await AskAsync(bob, open.Id, "Sec-WebSocket-Protocol: chat.v1"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await AskAsync(ann, hers.Id, "Sec-WebSocket-Protocol: chat.v2, soap"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await AskAsync(ann, hers.Id), StringComparison.Ordinal);
        var opened = await AskAsync(ann, hers.Id, "Sec-WebSocket-Protocol: soap, chat.v1");
        Assert.Contains("\r\nSec-WebSocket-Protocol: chat.v1\r\n", opened, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_opens_no_socket_for_a_foreign_page()
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = server.Uri };
        using var answer = await http.PostAsync(
            new Uri("/api/account/guest?useCookies=true", UriKind.Relative), new StringContent("{\"name\":\"cookiefeed\"}", Encoding.UTF8, "application/json"), Ct);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/rooms") { Content = new StringContent("{\"name\":\"r\",\"kind\":\"public\"}", Encoding.UTF8, "application/json") };
        request.Headers.Add("Cookie", cookie);
        using var made = await http.SendAsync(request, Ct);
        var room = System.Text.Json.JsonDocument.Parse(await made.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("id").GetString()!;

        Assert.StartsWith("HTTP/1.1 403", await From("http://evil.example"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await From("null"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 101", await From(server.Uri.GetLeftPart(UriPartial.Authority)), StringComparison.Ordinal);

        async Task<string> From(string origin) => (await OpenAsync(room, null, $"Cookie: {cookie}", $"Origin: {origin}", "Sec-WebSocket-Protocol: chat.v1")).Head;
    }

    [Fact]
    public async Task Garbage_as_Last_Event_ID_is_refused_an_empty_one_is_none_and_a_good_one_wins()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await ann.SayAsync(room.Id, "two", Ct);
        await ann.SayAsync(room.Id, "three", Ct);
        foreach (var garbage in (string[])["x", "-1", "1.0", " ", "99999999999999999999", "1,2", "٣"])
        {
            var (_, refused, head) = await StreamAsync(ann, room.Id, "after=0", $"Last-Event-ID: {garbage}");
            await using (refused)
                Assert.True(head.StartsWith(garbage == " " ? "HTTP/1.1 200" : "HTTP/1.1 400", StringComparison.Ordinal), $"'{garbage}': {head}");
        }
        Assert.Contains("id: 1\n", await FirstAsync("after=0", "Last-Event-ID:"), StringComparison.Ordinal);
        Assert.Contains("id: 3\n", await FirstAsync("after=0", "Last-Event-ID: 2"), StringComparison.Ordinal);
        Assert.Contains("id: 2\n", await FirstAsync("after=1", "X-Nothing: 1"), StringComparison.Ordinal);

        async Task<string> FirstAsync(string query, string header)
        {
            var (_, stream, _) = await StreamAsync(ann, room.Id, query, header);
            await using (stream)
                return await UntilAsync(stream, "\nid: ", "\n\n");
        }
    }

    [Fact]
    public async Task A_body_on_a_GET_a_half_closed_connection_and_a_head_that_never_ends_hold_nothing_up()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        var (_, withBody, _) = await StreamAsync(ann, room.Id, "after=0", "Content-Length: 5");
        await using (withBody)
        {
            await withBody.WriteAsync("hello"u8.ToArray(), Ct);
            await UntilAsync(withBody, "id: 1\n");
        }

        var (half, stream, _) = await StreamAsync(ann, room.Id, "after=0", "X-Nothing: 1");
        await UntilAsync(stream, "id: 1\n");
        half.Shutdown(SocketShutdown.Send);
        await EndsAsync(stream);

        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Uri.Port), Ct);
        await slow.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /api/rooms/{room.Id}/events/stream HTTP/1.1\r\nHost: localhost\r\nX-Long: "
                    + $"{new string('a', 40_000)}"), Ct);
        await using var answer = new NetworkStream(slow);
        Assert.Contains("431", await UntilAsync(answer, "\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_trickles_in_is_given_up()
    {
        await using var impatient = new ChatServer(services: s => s.Configure<KestrelServerOptions>(o => o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1)));
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync(new IPEndPoint(IPAddress.Loopback, impatient.Uri.Port), Ct);
        await using var connection = new NetworkStream(slow);
        await connection.WriteAsync(
            "GET /api/rooms/r/events/stream HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray(), Ct);
        var answer = UntilAsync(connection, "\r\n\r\n");
        using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        try
        {
            while (!answer.IsCompleted && await drip.WaitForNextTickAsync(Ct))
                await connection.WriteAsync("a"u8.ToArray(), Ct);
        }
        catch (IOException)
        {
            // The server has hung up; what it said before that is there or on its way.
        }
        Assert.StartsWith("HTTP/1.1 408", await answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("an unmasked frame", 1002)]
    [InlineData("a frame of a kind that there is not", 1002)]
    [InlineData("a fragmented ping", 1002)]
    [InlineData("a binary message", 1003)]
    [InlineData("text that is not UTF-8", 1007)]
    [InlineData("a message larger than the limit", 1009)]
    [InlineData("a close", 1000)]
    public async Task A_socket_is_closed_with_the_code_that_says_why(string what, int code)
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var (_, stream, _) = await OpenAsync((await ann.CreateRoomAsync(Ct)).Id, ann.Token, "Sec-WebSocket-Protocol: chat.v1");
        await using var socket = stream;
        await socket.WriteAsync(
            what switch
            {
                "an unmasked frame" => [0x80 | Text, 8, .. "{\"a\": 1}"u8],
                "a frame of a kind that there is not" => Frame(0x83, []),
                "a fragmented ping" => Frame(Ping, []),
                "a binary message" => Frame(0x80 | Binary, [1, 2, 3]),
                "text that is not UTF-8" => Frame(0x80 | Text, [0xC0, 0x80]),
                "a message larger than the limit" => [.. Frame(Text, new byte[40_000]), .. Frame(0x80, new byte[40_000])],
                _ => Frame(0x80 | Close, [1000 >> 8, 1000 & 255]),
            },
            Ct);

        var (kind, payload) = await FrameAsync(socket, k => k is Close);
        Assert.Equal((Close, code), (kind, payload[0] << 8 | payload[1]));
        if (code is 1003 or 1009)
            await socket.WriteAsync(Frame(0x80 | Close, payload.AsSpan(0, 2)), Ct);
        await EndsAsync(socket);
    }

    [Fact]
    public async Task A_fragmented_message_with_a_ping_in_between_is_one_and_the_ping_is_answered()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var (_, stream, _) = await OpenAsync((await ann.CreateRoomAsync(Ct)).Id, ann.Token, "Sec-WebSocket-Protocol: chat.v1");
        await using var socket = stream;
        await socket.WriteAsync(
            (byte[])[.. Frame(Text, "{\"clientId\":\"f1\","u8), .. Frame(0, []), .. Frame(0x80 | Ping, "are you there"u8), .. Frame(0x80, "\"body\":\"in parts\"}"u8)], Ct);

        Assert.Equal("are you there", Encoding.UTF8.GetString((await FrameAsync(socket, k => k is Pong)).Payload));
        while (true)
        {
            var text = Encoding.UTF8.GetString((await FrameAsync(socket, k => k is Text)).Payload);
            if (text.Contains("\"ack\"", StringComparison.Ordinal))
            {
                Assert.Equal("""{"ack":{"clientId":"f1","seq":2}}""", text);
                return;
            }
        }
    }

    /// <summary>A frame as a client sends it, masked with zeros, which leave it as it is.</summary>
    private static byte[] Frame(int first, ReadOnlySpan<byte> payload) => payload.Length < 126
        ? [(byte)first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
        : [(byte)first, 0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];

    private static async Task<(byte Kind, byte[] Payload)> FrameAsync(Stream stream, Func<byte, bool> which)
    {
        while (true)
        {
            var head = new byte[2];
            await stream.ReadExactlyAsync(head, Ct);
            var length = (int)head[1];
            if (length == 126)
            {
                var more = new byte[2];
                await stream.ReadExactlyAsync(more, Ct);
                length = more[0] << 8 | more[1];
            }
            var payload = new byte[length];
            await stream.ReadExactlyAsync(payload, Ct);
            if (which((byte)(head[0] & 15)))
                return ((byte)(head[0] & 15), payload);
        }
    }

    private Task<(Socket Socket, Stream Stream, string Head)> OpenAsync(string room, string? token, params string[] headers) =>
        RawUpgrade.AskAsync(server.Uri, $"/api/rooms/{room}/events/socket?after=0{(token is null ? "" : $"&access_token={token}")}", Ct, headers: headers);

    private async Task<string> AskAsync(Person person, string room, params string[] headers)
    {
        var (_, stream, head) = await OpenAsync(room, person.Token, headers);
        await stream.DisposeAsync();
        return head;
    }

    private Task<(Socket Socket, Stream Stream, string Head)> StreamAsync(Person person, string room, string query, string header) =>
        RawUpgrade.GetAsync(server.Uri, $"/api/rooms/{room}/events/stream?{query}", Ct, headers: [$"Authorization: Bearer {person.Token}", header]);

    /// <summary>Reads until one text has come, and another after it.</summary>
    private static async Task<string> UntilAsync(Stream stream, string text, string then = "")
    {
        var (all, buffer) = (new StringBuilder(), new byte[4096]);
        while (!(all.ToString() is var so && so.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at && so.IndexOf(then, at + text.Length, StringComparison.Ordinal) >= 0) && await stream.ReadAsync(buffer, Ct) is > 0 and var read)
            all.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return all.ToString();
    }

    private static async Task EndsAsync(Stream stream)
    {
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Ct) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: ended, too.
        }
    }
}

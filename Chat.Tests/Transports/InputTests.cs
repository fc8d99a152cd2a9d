using System.Net;
using System.Text;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Tests.Transports;

/// <summary>What is not as the contract has it gets a clear error with its code, and the server keeps serving.</summary>
public sealed class InputTests(SharedServer server) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private Person _ann = null!;
    private Room _room = null!;
    private Api _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Messages => $"/api/rooms/{_room.Id}/messages";

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        _room = await _ann.CreateRoomAsync(Ct);
        _http = new Api(server.Uri, _ann);
    }

    /// <summary>After each of them the server still serves.</summary>
    public async ValueTask DisposeAsync()
    {
        var next = (await _http.PostAsync(Messages, new NewMessage("last", "still there"))).As<ChatEvent>(HttpStatusCode.Created);
        var log = await _ann.ReadLogAsync(_room.Id, Ct);
        Assert.Equal(log.Count, next.Seq);
        _http.Dispose();
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("not JSON", "body")]
    [InlineData("{\"clientId\":\"a\"", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "")]
    [InlineData("{\"clientId\":5,\"body\":\"x\"}", "clientId")]
    [InlineData("{\"clientId\":\"a\",\"body\":{}}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"x\",\"replyTo\":\"1\\u0000\"}", "replyTo")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"x\",\"replyTo\":1.5}", "replyTo")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"x\",\"replyTo\":0}", "replyTo")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"x\",\"replyTo\":9223372036854775807}", "replyTo")]
    [InlineData("{\"body\":\"x\"}", "clientId")]
    [InlineData("{\"clientId\":\"\",\"body\":\"x\"}", "clientId")]
    [InlineData("{\"clientId\":\"a b\",\"body\":\"x\"}", "clientId")]
    [InlineData("{\"clientId\":\"é\",\"body\":\"x\"}", "clientId")]
    [InlineData("{\"clientId\":\"a\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\" \\n\\t\\u3000 \"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\u3164\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\u2800\\u2800\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\u034f\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\u200d\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\u200b \\u200b\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"a\\u0000b\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"\\ud800\"}", "body")]
    [InlineData("{\"clientId\":\"a\",\"body\":\"x\\udc00y\"}", "body")]
    public async Task A_message_that_is_none_is_refused_and_the_text_names_the_field(string json, string field) =>
        Assert.Contains(field, (await _http.PostAsync(Messages, json)).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid), StringComparison.Ordinal);

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused()
    {
        byte[] bytes = [.. "{\"clientId\":\"a\",\"body\":\""u8, 0xff, 0xc0, 0x80, .. "\"}"u8];
        (await _http.PostAsync(Messages, bytes)).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
    }

    [Fact]
    public async Task Another_media_type_another_method_and_another_path_are_refused_as_problems()
    {
        (await _http.SendAsync(HttpMethod.Post, Messages, "clientId=a", "application/x-www-form-urlencoded")).Refuses(HttpStatusCode.UnsupportedMediaType, ErrorCodes.Invalid);
        (await _http.DeleteAsync("/api/rooms")).Refuses(HttpStatusCode.MethodNotAllowed, ErrorCodes.Invalid);
        (await _http.GetAsync("/api/nothing/here")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
    }

    [Fact]
    public async Task A_reaction_is_an_emoji_or_a_short_name_and_nothing_that_deceives()
    {
        var message = (await _http.PostAsync(Messages, new NewMessage("m", "x"))).As<ChatEvent>(HttpStatusCode.Created).Seq;
        var reactions = $"{Messages}/{message}/reactions";
        string[] good = ["👍", "👩‍👩‍👧‍👦", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", ":tada:", ""];
        foreach (var (n, reaction) in good.Index())
            (await _http.PostAsync(reactions, new NewMessage($"good-{n}", reaction))).As<SendResult>();
        foreach (var reaction in new[] { "\u202E\u200D!", "\0\u200D", "a\u001b[2J" })
            (await _http.PostAsync(reactions, new NewMessage("bad", reaction))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _http.PostAsync(reactions, new NewMessage("long", new string('x', 65)))).Refuses(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.TooLarge);
    }

    [Fact]
    public async Task The_limit_of_a_body_is_counted_in_bytes_after_trimming()
    {
        const int Limit = Limits.BodyBytes;
        Assert.Equal(HttpStatusCode.Created, (await _http.PostAsync(Messages, new NewMessage("1", new string('x', Limit)))).Status);
        Assert.Equal(HttpStatusCode.Created, (await _http.PostAsync(Messages, new NewMessage("2", $"  {new string('ü', Limit / 2)}  "))).Status);
        (await _http.PostAsync(Messages, new NewMessage("3", new string('x', Limit + 1)))).Refuses(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.TooLarge);
        (await _http.PostAsync(Messages, new NewMessage("4", new string('ü', (Limit / 2) + 1)))).Refuses(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.TooLarge);
        (await _http.PostAsync(Messages, new NewMessage("5", new string('x', 1_000_000)))).Refuses(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.TooLarge);
        (await _http.PostAsync(Messages, new NewMessage(new string('i', 65), "x"))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        Assert.Equal(HttpStatusCode.Created, (await _http.PostAsync(Messages, new NewMessage(new string('i', 64), "x"))).Status);
    }

    [Fact]
    public async Task A_batch_has_one_to_a_hundred_messages_and_each_is_judged_by_itself()
    {
        await using var hub = await PlainClient.ConnectAsync(_ann);
        Assert.Equal(ErrorCodes.TooLarge, await hub.RefusalAsync("Send", _room.Id, Enumerable.Range(0, 101).Select(i => new NewMessage($"{i}", "x")).ToArray()));
        Assert.Equal(ErrorCodes.Invalid, await hub.RefusalAsync("Send", _room.Id, Array.Empty<NewMessage>()));
        Assert.Equal(ErrorCodes.Invalid, await hub.RefusalAsync("Send", _room.Id, null));
        var results = await hub.SendAsync(
            _room.Id, new("ok", "x"), new("big", new string('x', Limits.BodyBytes + 1)), null!, new(null, "x"), new("ok", "y"), new("zero", "a\0b"), new("fine", "z"));
        Assert.Equal(
            [null, ErrorCodes.TooLarge, ErrorCodes.Invalid, ErrorCodes.Invalid, ErrorCodes.KeyReused, ErrorCodes.Invalid, null], results.Select(r => r.Error?.Code));
        Assert.Equal([2L, 3L], results.Where(r => r.Error is null).Select(r => r.Seq!.Value));
        Assert.Equal(100, (await hub.SendAsync(_room.Id, [.. Enumerable.Range(0, 100).Select(i => new NewMessage($"n{i}", "x"))])).Count(r => r.Error is null));
    }

    [Theory]
    [InlineData("a\u202eb")]
    [InlineData("a\u2066b")]
    [InlineData("a\u200fb")]
    [InlineData("a\u0007b")]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    [InlineData("a\ufeffb")]
    [InlineData("a\u200bb")]
    [InlineData("a\u00adb")]
    [InlineData("a\U000e0041b")]
    [InlineData("a\u034fb")]
    [InlineData("a\u3164")]
    [InlineData("\u3164")]
    [InlineData("\u2800")]
    [InlineData("\u200d")]
    [InlineData("\ufe0f")]
    [InlineData("")]
    [InlineData(" \u3000 ")]
    public async Task Names_that_deceive_are_refused_for_rooms_topics_and_people(string name)
    {
        Assert.Contains("name", (await _http.PostAsync("/api/rooms", new NewRoom(name, RoomKind.Public))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid), StringComparison.Ordinal);
        if (name.Trim().Length > 0)
        {
            var topic = await _http.PostAsync("/api/rooms", new NewRoom("room", RoomKind.Public, name));
            Assert.Contains("topic", topic.Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid), StringComparison.Ordinal);
        }
        using var nobody = new Api(server.Uri, null);
        Assert.Contains("name", (await nobody.PostAsync("/api/account/guest", new GuestRequest(name))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rooms_are_made_as_the_contract_says_only()
    {
        foreach (var json in (string[])["{}", "{\"name\":\"x\"}", "{\"name\":\"x\",\"kind\":\"direct\"}", "{\"name\":\"x\",\"kind\":0}", "{\"name\":\"x\",\"kind\":\"secret\"}", "{\"name\":7,\"kind\":\"public\"}"])
            (await _http.PostAsync("/api/rooms", json)).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _http.PostAsync("/api/rooms", new NewRoom(new string('x', 65), RoomKind.Public))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _http.PostAsync("/api/rooms", "{\"name\":\"\\ud800\",\"kind\":\"public\"}")).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        foreach (var query in (string[])["%ff%fe", "%25", "_", "%ef%bf%bf", "\U0001F600"])
            (await _http.GetAsync($"/api/rooms/public?query={query}")).As<RoomList>();
        (await _http.GetAsync("/api/rooms/public?query=%00")).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _http.GetAsync($"/api/rooms/public?query={new string('q', 65)}")).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        Assert.Equal(HttpStatusCode.Created, (await _http.PostAsync("/api/rooms", new NewRoom("👩‍👩‍👧‍👦 می‌خواهم", RoomKind.Private))).Status);
    }

    [Fact]
    public async Task Half_a_character_over_the_hub_is_refused_and_the_connection_stays()
    {
        await using var raw = await RawHubClient.ConnectAsync(server.Uri, _ann.Token, Ct);
        await raw.SendTextAsync($$"""{"type":1,"invocationId":"x","target":"Send","arguments":["{{_room.Id}}",[{"clientId":"a","body":"\ud800"}]]}""", Ct);
        await ExpectErrorAsync(raw, ErrorCodes.Invalid);
        await raw.SendTextAsync("""{"type":1,"invocationId":"x","target":"History","arguments":["\udc00"]}""", Ct);
        await ExpectErrorAsync(raw, ErrorCodes.Invalid);
        using var answer = await raw.InvokeAsync("Sync", Ct);
        Assert.True(answer.RootElement.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task A_hub_message_beyond_64_KiB_closes_the_connection_with_its_code()
    {
        await using var raw = await RawHubClient.ConnectAsync(server.Uri, _ann.Token, Ct, receiveBuffer: 1 << 16);
        var most = new string('x', 15_000);
        await raw.SendInvocationAsync("Send", Ct, _room.Id, Enumerable.Range(0, 4).Select(i => new NewMessage($"{i}", most)).ToArray());
        using (var answer = await raw.ReadAsync(Ct))
            Assert.Equal(4, answer.RootElement.GetProperty("result").GetArrayLength());

        await raw.SendTextAsync($$"""{"type":1,"invocationId":"y","target":"Typing","arguments":["{{new string('x', Limits.HubMessageBytes)}}"]}""", Ct);

        using var close = await raw.ReadAsync(Ct);
        Assert.Equal(7, close.RootElement.GetProperty("type").GetInt32());
        Assert.Contains(ErrorCodes.TooLarge, close.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        await raw.EndedAsync(Ct);
    }

    private static async Task ExpectErrorAsync(RawHubClient raw, string code)
    {
        while (true)
        {
            using var answer = await raw.ReadAsync(Ct);
            if (answer.RootElement.GetProperty("type").GetInt32() != 3)
                continue;
            Assert.Contains($"HubException: {code}: ", answer.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
            return;
        }
    }
}

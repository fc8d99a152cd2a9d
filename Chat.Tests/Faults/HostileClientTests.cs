using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.History;
using Chat.Tests.Support.Raw;

namespace Chat.Tests.Faults;

/// <summary>Clients that break the protocol harm themselves, and nobody else: two others talk on, and nothing of theirs is lost.</summary>
public sealed class HostileClientTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> BrokenMessages =>
    [
        "this is not JSON", "{", "[]", "null", "{\"type\":\"1\"}", "{\"type\":1}", "{\"type\":1,\"target\":5,\"arguments\":[]}",
        "{\"type\":1,\"target\":\"Sync\",\"arguments\":{}}", "{\"type\":1,\"target\":null,\"arguments\":[]}", new string('[', 2000), "\0", "\ud7ff\u0001",
    ];

    public static TheoryData<string> WrongCalls =>
    [
        """{"type":1,"invocationId":"x","target":"NoSuchMethod","arguments":[]}""",
        """{"type":1,"invocationId":"x","target":"Send","arguments":[]}""",
        """{"type":1,"invocationId":"x","target":"Send","arguments":[5,"text"]}""",
        """{"type":1,"invocationId":"x","target":"Send","arguments":["no-such-room",[{"clientId":"a","body":"b"}]]}""",
        """{"type":1,"invocationId":"x","target":"Send","arguments":["no-such-room",null]}""",
        """{"type":1,"invocationId":"x","target":"Sync","arguments":[{"cursors":{"r":"one"}}]}""",
        """{"type":1,"invocationId":"x","target":"Sync","arguments":[{"cursors":{"r":-1}}]}""",
        """{"type":1,"invocationId":"x","target":"History","arguments":[null,null]}""",
        """{"type":1,"invocationId":"x","target":"CreateRoom","arguments":[{"name":"a","kind":7}]}""",
    ];

    [Theory]
    [MemberData(nameof(BrokenMessages))]
    public Task Who_sends_a_broken_message_is_answered_or_disconnected(string message) => WhileOthersTalkAsync(async hostile =>
    {
        await hostile.SendTextAsync(message, Ct);
        await AnsweredOrEndedAsync(hostile);
    });

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public Task Who_calls_wrongly_gets_an_error_and_stays_connected(string invocation) => WhileOthersTalkAsync(async hostile =>
    {
        await hostile.SendTextAsync(invocation, Ct);
        using var answer = await CompletionAsync(hostile, "x");
        Assert.True(answer.RootElement.TryGetProperty("error", out var error), answer.RootElement.GetRawText());
        Assert.DoesNotContain("   at ", error.GetString(), StringComparison.Ordinal);
        using var still = await hostile.InvokeAsync("Sync", Ct, new SyncRequest());
        Assert.True(still.RootElement.TryGetProperty("result", out _));
    });

    [Fact]
    public Task Who_sends_a_frame_of_100_KiB_is_disconnected() => WhileOthersTalkAsync(async hostile =>
    {
        var send = hostile.SendTextAsync($$"""{"type":1,"target":"Typing","arguments":["{{new string('x', 100 << 10)}}"]}""", Ct);
        await hostile.EndedAsync(Ct).WaitAsync(Limit, Ct);
        await IgnoreAsync(send);
    });

    [Fact]
    public Task Who_sends_a_message_without_end_is_disconnected() => WhileOthersTalkAsync(async hostile =>
    {
        var piece = Encoding.ASCII.GetBytes(new string('x', 8192));
        var sending = SendForeverAsync();
        await hostile.EndedAsync(Ct).WaitAsync(Limit, Ct);
        await IgnoreAsync(sending);

        async Task SendForeverAsync()
        {
            while (true)
                await hostile.SendFrameAsync(piece, WebSocketMessageType.Text, end: false, Ct);
        }
    });

    [Fact]
    public Task Who_sends_bytes_that_are_no_frames_is_disconnected() => WhileOthersTalkAsync(async hostile =>
    {
        await hostile.Stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Ct);
        await hostile.EndedAsync(Ct).WaitAsync(Limit, Ct);
    });

    [Fact]
    public Task Who_sends_bad_UTF_8_harms_nobody() => WhileOthersTalkAsync(async hostile =>
    {
        await hostile.SendFrameAsync((byte[])[(byte)'{', (byte)'"', 0xff, 0xc0, 0x80, (byte)'"', (byte)'}', 0x1e], WebSocketMessageType.Text, true, Ct);
        await AnsweredOrEndedAsync(hostile);
    });

    [Fact]
    public async Task Who_floods_is_told_so_and_delays_nobody()
    {
        await using var limited = new ChatServer(new Dictionary<string, string>
        {
            ["Chat:Limits:SendRate"] = "1",
            ["Chat:Limits:SendBurst"] = "100",
        });
        var person = await Person.SignUpAsync(limited.Uri, Ct, "flood");
        var room = await person.CreateRoomAsync(Ct);
        var friend = await Person.SignUpAsync(limited.Uri, Ct, "friend");
        await friend.JoinAsync(room.Id, Ct);
        await using var hostile = await RawHubClient.SyncedAsync(limited.Uri, person.Token, Ct, receiveBuffer: 1 << 20);
        await using var other = await RawHubClient.SyncedAsync(limited.Uri, friend.Token, Ct, receiveBuffer: 1 << 20);

        for (var n = 0; n < 500; n++)
            await hostile.SendInvocationAsync("Send", Ct, room.Id, new[] { new NewMessage($"flood-{n}", "flood") });
        using var answer = await other
            .InvokeAsync("Send", Ct, room.Id, new[] { new NewMessage("friend-1", "may I?") }).WaitAsync(Limit, Ct);
        Assert.True(answer.RootElement.GetProperty("result")[0].TryGetProperty("seq", out _), answer.RootElement.GetRawText());

        using var last = await hostile.InvokeAsync("Send", Ct, room.Id, new[] { new NewMessage("flood-last", "flood") }).WaitAsync(Limit, Ct);
        Assert.Contains(ErrorCodes.RateLimited, last.RootElement.GetRawText(), StringComparison.Ordinal);
        var log = await person.ReadLogAsync(room.Id, Ct);
        Assert.InRange(log.Count(e => e.Body == "flood"), 99, 250);
    }

    /// <summary>Two good clients talk before, during and after; their history must be without fault.</summary>
    private async Task WhileOthersTalkAsync(Func<RawHubClient, Task> doHarm)
    {
        await using var conversation = await Conversation.BeginAsync(server.Uri, Ct);
        await conversation.AddAsync("J", TransportKind.WebSockets, Ct);
        await conversation.AddAsync("D", TransportKind.LongPolling, Ct);
        await conversation.StartAsync(Ct);
        await using var load = new Load(conversation, seed: 1, Ct, window: 1);
        await load.ProgressAsync(each: 3, Limit);

        var person = await Person.SignUpAsync(server.Uri, Ct, "hostile");
        await using (var hostile = await RawHubClient.SyncedAsync(server.Uri, person.Token, Ct))
            await doHarm(hostile);

        await load.ProgressAsync(each: 3, Limit);
        await load.StopAsync(Limit);
        await conversation.VerifyAsync(Limit, Ct);
    }

    /// <summary>Ignored or disconnected: either is fair. What is not, is a connection that stays and no longer answers.</summary>
    private static async Task AnsweredOrEndedAsync(RawHubClient hostile)
    {
        try
        {
            using var answer = await hostile.InvokeAsync("Sync", Ct, new SyncRequest()).WaitAsync(Limit, Ct);
        }
        catch (Exception e) when (e is EndOfStreamException or WebSocketException or IOException)
        {
            // Disconnected.
        }
    }

    private static async Task<JsonDocument> CompletionAsync(RawHubClient client, string invocationId)
    {
        while (true)
        {
            var message = await client.ReadAsync(Ct);
            if (message.RootElement.TryGetProperty("invocationId", out var id) && id.GetString() == invocationId)
                return message;
            message.Dispose();
        }
    }

    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending.WaitAsync(Limit, Ct);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // Nobody listens any more: that is the point.
        }
    }
}

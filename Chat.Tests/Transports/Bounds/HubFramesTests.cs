using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports.Bounds;

/// <summary>
/// The server ends the connection of a hub client that sends malformed messages, or nothing at all, and tells it why.
/// The log does not fill up with it.
/// </summary>
public sealed class HubFramesTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;

    public HubFramesTests() => _server = new ChatServer(
        new Dictionary<string, string>
        {
            ["Chat:Limits:RefusalRate"] = "1", ["Chat:Limits:RefusalBurst"] = "50",
            ["Chat:Accounts:AccessTokenLifetime"] = "1.00:00:00",
        },
        _time, s => s.PostConfigureAll<HubOptions>(o =>
            (o.HandshakeTimeout, o.ClientTimeoutInterval) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30))));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string[] s_broken =
    [
        """{"type":99}""",
        """{"type":0}""",
        """{"type":"1"}""",
        """{"type":2,"invocationId":"1","item":1}""",
        """{"type":3,"invocationId":"1","result":1}""",
        """{"type":5,"invocationId":"1"}""",
        """{"type":9,"sequenceId":1}""",
        """{"type":1,"target":"Send","arguments":["x",""",
        """{"type":1}""",
        "[]",
        "{}",
        "null",
        "",
        "not JSON",
        $$"""{"type":1,"invocationId":"1","headers":{{new string('[', 500)}}""",
    ];

    [Fact]
    public async Task What_is_no_message_ends_the_connection_with_its_code()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        foreach (var frame in s_broken)
        {
            await using var raw = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);

            await raw.SendTextAsync(frame, Ct);

            Assert.True((await ClosedWithAsync(raw)).Contains(ErrorCodes.Invalid, StringComparison.Ordinal), frame);
            await raw.EndedAsync(Ct).WaitAsync(s_soon, Ct);
        }
        Assert.DoesNotContain(_server.Log.Lines, l => l.Error is not null || l.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("c1")] // not a MessagePack type
    [InlineData("9163")] // a message of the type 99
    [InlineData("90")] // an array without a type
    [InlineData("a474657874")] // a text
    [InlineData("9501c0a131a4")] // an invocation that breaks off
    public async Task What_is_no_message_in_MessagePack_ends_the_connection_with_its_code(string message)
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var raw = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct, protocol: "messagepack");
        var bytes = Convert.FromHexString(message);

        await raw.SendFrameAsync((byte[])[(byte)bytes.Length, .. bytes], WebSocketMessageType.Binary, end: true, Ct);

        var closed = new StringBuilder();
        while (await raw.ReadFrameAsync(Ct).WaitAsync(s_soon, Ct) is { } frame)
            closed.Append(Encoding.UTF8.GetString(frame));
        Assert.Contains($"{ErrorCodes.Invalid}: ", closed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Log.Lines, l => l.Error is not null || l.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_server_lets_clients_be_silent_for_thirty_seconds()
    {
        await using var server = new ChatServer();
        var patience = server.Services.GetRequiredService<IOptions<HubOptions>>().Value.ClientTimeoutInterval;
        Assert.Equal(TimeSpan.FromSeconds(30), patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_no_message_ends_the_connection_on_the_other_transports_too(bool polls)
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var raw = await RawHubStream.ConnectAsync(_server.Uri, ann.Token, polls, Ct);

        await raw.SendTextAsync("""{"type":99}""", Ct);

        await raw.EndedAsync(Ct).WaitAsync(s_soon, Ct);
        Assert.Contains(ErrorCodes.Invalid, raw.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_none_of_the_contract_is_refused_and_the_connection_stays()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var raw = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
        string[] calls =
        [
            """{"type":1,"invocationId":"a","target":"History","arguments":[{}]}""",
            """{"type":1,"invocationId":"a","target":"Sync","arguments":[[],[],[]]}""",
            """{"type":4,"invocationId":"a","target":"Sync","arguments":[]}""",
            """{"type":4,"invocationId":"a","target":"Sync","arguments":[{}]}""",
            """{"type":1,"invocationId":"a","target":"MarkRead","arguments":["x","y"]}""",
        ];
        foreach (var call in calls)
        {
            await raw.SendTextAsync(call, Ct);

            using var refusal = await AnswerAsync(raw, "a");
            Assert.Contains($"HubException: {ErrorCodes.Invalid}: ",
                refusal.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
        using var answer = await raw.InvokeAsync("Sync", Ct);
        Assert.True(answer.RootElement.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task A_flood_of_refused_calls_ends_the_connection_and_is_one_line_in_the_log()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var raw = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct, receiveBuffer: 1 << 16);
        for (var i = 0; i < 51; i++)
        {
            // The three ways in which a call is refused: by a rule, by its arguments, by its name.
            string[] calls = ["""["nosuchroom"]""", "[5]", "[]"];
            await raw.SendTextAsync(
                $$"""{"type":1,"invocationId":"{{i}}","target":"{{(i % 3 == 2 ? "Nothing" : "History")}}","arguments":{{calls[i % 3]}}}""", Ct);
        }

        Assert.Contains(ErrorCodes.RateLimited, await ClosedWithAsync(raw), StringComparison.Ordinal);
        await raw.EndedAsync(Ct).WaitAsync(s_soon, Ct);
        Assert.DoesNotContain(_server.Log.Lines, l => l.Error is not null || l.Level >= LogLevel.Error);
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _server.Log.Lines.Any(l => l.Id.Id == 9003);
            },
            s_soon, Ct, "the refusals are told");
        Assert.Contains("Refused 51 calls", Assert.Single(_server.Log.Lines, l => l.Id.Id == 9003).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_refused_requests_closes_the_connection_that_they_come_by()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        using var http = ann.Http();
        for (var i = 0; i < 50; i++)
        {
            using var refused = await http.GetAsync(new Uri("/api/rooms/nosuchroom/events", UriKind.Relative), Ct);
            Assert.False(refused.Headers.ConnectionClose is true);
        }

        using var last = await http.GetAsync(new Uri("/api/rooms/nosuchroom/events", UriKind.Relative), Ct);
        Assert.True(last.Headers.ConnectionClose);
    }

    [Fact]
    public async Task Who_never_shakes_hands_is_let_go()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        var (_, stream, head) = await RawUpgrade.AskAsync(_server.Uri,
            $"{Wire.HubPath}?access_token={Uri.EscapeDataString(ann.Token)}", Ct);
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);

        await using (stream)
        {
            var bytes = new byte[1024];
            try
            {
                await Eventually.TrueAsync(async () => await stream.ReadAsync(bytes, Ct) == 0, s_soon, Ct,
                    "the connection is over");
            }
            catch (IOException)
            {
                // A reset ends the connection, too.
            }
        }
    }

    [Fact]
    public async Task Who_says_nothing_for_thirty_seconds_is_let_go_even_if_it_never_pinged()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var silent = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
        await using var pings = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
        var ended = silent.EndedAsync(Ct);
        for (var i = 0; i < 60 && !ended.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            using var answer = await pings.InvokeAsync("History", Ct, "nosuchroom");
            Assert.False(i < 28 && ended.IsCompleted, "but not before");
        }
        await ended.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_says_nothing_is_let_go_on_the_other_transports_too(bool polls)
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        await using var silent = await RawHubStream.ConnectAsync(_server.Uri, ann.Token, polls, Ct);
        var ended = silent.EndedAsync(Ct);

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return ended.IsCompleted;
            },
            s_soon, Ct, "it is let go");
        Assert.Contains("nothing came for 30 s", silent.Text, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<string> ClosedWithAsync(RawHubClient raw)
    {
        while (true)
        {
            using var message = await raw.ReadAsync(Ct).WaitAsync(s_soon, Ct);
            if (message.RootElement.GetProperty("type").GetInt32() == 7)
                return message.RootElement.GetProperty("error").GetString()!;
        }
    }

    private static async Task<JsonDocument> AnswerAsync(RawHubClient raw, string invocationId)
    {
        while (true)
        {
            var message = await raw.ReadAsync(Ct).WaitAsync(s_soon, Ct);
            if (message.RootElement.TryGetProperty("invocationId", out var of) && of.GetString() == invocationId)
                return message;
            message.Dispose();
        }
    }
}

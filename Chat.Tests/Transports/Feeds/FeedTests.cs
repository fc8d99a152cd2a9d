using System.Diagnostics;
using System.Net;
using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Chat.Tests.Transports.Feeds.HeldFeeds;

namespace Chat.Tests.Transports.Feeds;

/// <summary>How feeds wait, beat, and end.</summary>
public sealed class FeedTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_long_poll_answers_as_soon_as_there_is_something_and_with_an_empty_page_when_its_time_is_over()
    {
        await using var server = new ChatServer();
        var (ann, bob, room) = await RoomOfTwoAsync(server.Uri);
        using var api = new Api(server.Uri, ann);
        var clock = Stopwatch.StartNew();
        var empty = (await api.GetAsync($"/api/rooms/{room}/events?after=2&wait=1")).As<EventPage>();
        Assert.Equal((0, 2), (empty.Events.Count, empty.Head));
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.9));

        var waiting = api.GetAsync($"/api/rooms/{room}/events?after=2&wait=60");
        await HoldsAsync(server, 1);
        Assert.False(waiting.IsCompleted);
        await bob.SayAsync(room, "你好", Ct);
        var page = (await waiting.WaitAsync(s_soon, Ct)).As<EventPage>();
        Assert.Equal((3, "你好", 3), (Assert.Single(page.Events).Seq, page.Events[0].Body, page.Head));

        Assert.Equal([1, 2], (await api.GetAsync($"/api/rooms/{room}/events?after=0&wait=60&limit=2")).As<EventPage>().Events.Select(e => e.Seq));
        await HoldsAsync(server, 0);
    }

    [Fact]
    public async Task Silence_is_filled_every_fifteen_seconds_and_the_end_of_the_token_ends_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(new Dictionary<string, string> { ["Chat:Accounts:AccessTokenLifetime"] = "00:05:00" }, time);
        var (ann, _, room) = await RoomOfTwoAsync(server.Uri);
        using var http = ann.Http();
        using var stream = await ReadAsync(http, $"/api/rooms/{room}/events/stream?after=1");
        using var frame = await ReadAsync(http, $"/api/rooms/{room}/events/frame?after=1&callback=got");
        Assert.StartsWith("retry: ", await LineAsync(stream, _ => true), StringComparison.Ordinal);
        await LineAsync(stream, line => line.StartsWith("data: ", StringComparison.Ordinal));
        await LineAsync(frame, line => line.Contains("parent.got(", StringComparison.Ordinal));

        for (var beat = 0; beat < 3; beat++)
        {
            var (beaten, framed) = (LineAsync(stream, line => line == ":"), LineAsync(frame, line => line == "<!---->"));
            for (var second = 0; second < 15; second++)
                time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll(beaten, framed).WaitAsync(s_soon, Ct);
        }

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await LineAsync(stream, line => line.Length > 1));
        Assert.Null(await LineAsync(frame, line => line.StartsWith("<script", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Logging_out_ends_every_feed_of_that_sign_in_and_no_other()
    {
        await using var server = new ChatServer();
        var (ann, bob, room) = await RoomOfTwoAsync(server.Uri);
        using var hers = await OpenAsync(ann, room);
        using var his = await OpenAsync(bob, room);
        await HoldsAsync(server, Count * 2);

        using var api = new Api(server.Uri, ann);
        await api.PostAsync("/api/account/logout", null);

        await hers.EndAsync(4401);
        (await hers.Poll.WaitAsync(s_soon, Ct)).Refuses(HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated);
        await HoldsAsync(server, Count);
        await bob.SayAsync(room, "still here", Ct);
        Assert.Equal(3, Assert.Single((await his.Poll.WaitAsync(s_soon, Ct)).As<EventPage>().Events).Seq);
    }

    [Fact]
    public async Task A_node_that_stops_ends_every_feed_properly_so_that_clients_go_elsewhere()
    {
        await using var server = await ServerProcess.RunAsync(Ct);
        var (ann, _, room) = await RoomOfTwoAsync(server.Uri);
        using var feeds = await OpenAsync(ann, room);

        var stopping = server.TerminateAsync(Ct);
        await feeds.EndAsync(1001);
        Assert.Empty((await feeds.Poll.WaitAsync(s_soon, Ct)).As<EventPage>().Events);
        Assert.Equal(0, await stopping.WaitAsync(s_soon, Ct));
    }

    [Theory]
    [InlineData("stream?")]
    [InlineData("frame?callback=got&")]
    [InlineData("socket?")]
    public async Task Who_takes_nothing_is_cut_off_after_a_minute_and_delays_nobody(string call)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(time: time);
        var (ann, bob, room) = await RoomOfTwoAsync(server.Uri);
        await using var writer = await PlainClient.ConnectAsync(ann);
        // More than the system takes for a connection that nobody reads.
        const int Calls = 200;
        var body = new string('x', 16_000);
        for (var i = 0; i < Calls; i++)
            await writer.SendAsync(room, new NewMessage($"m{i}", body), new NewMessage($"n{i}", body), new NewMessage($"o{i}", body));
        var path = $"/api/rooms/{room}/events/{call}after=0&access_token={bob.Token}";
        var started = time.GetUtcNow();
        var (_, stream, _) = call[1] == 'o'
            ? await RawUpgrade.AskAsync(server.Uri, path, Ct, headers: "Sec-WebSocket-Protocol: chat.v1")
            : await RawUpgrade.GetAsync(server.Uri, path, Ct);
        await using var lazy = stream;
        await HoldsAsync(server, 1);

        using var http = ann.Http();
        using var quick = await ReadAsync(http, $"/api/rooms/{room}/events/stream?after=0");
        Assert.NotNull(await LineAsync(quick, line => line == $"id: {2 + Calls * 3}"));
        await HoldsAsync(server, 2);
        await Eventually.TrueAsync(
            () =>
            {
                if ((time.GetUtcNow() - started).TotalSeconds < 89)
                    time.Advance(TimeSpan.FromSeconds(1));
                return server.Services.GetRequiredService<NodeRelay>().All().Count() == 1;
            },
            TimeSpan.FromSeconds(40), Ct, "the one that takes nothing is let go");
        Assert.InRange((time.GetUtcNow() - started).TotalSeconds, 59, 90);
    }

    private static Task HoldsAsync(ChatServer server, int feeds) => Eventually.TrueAsync(
        () => server.Services.GetRequiredService<NodeRelay>().All().Count() == feeds, s_soon, Ct, $"the server holds {feeds}");

    /// <summary>Two people in a room with two events.</summary>
    private static async Task<(Person Ann, Person Bob, string Room)> RoomOfTwoAsync(Uri server)
    {
        var (ann, bob) = (await Person.SignUpAsync(server, Ct), await Person.SignUpAsync(server, Ct));
        var room = await ann.CreateRoomAsync(Ct);
        await bob.JoinAsync(room.Id, Ct);
        return (ann, bob, room.Id);
    }
}

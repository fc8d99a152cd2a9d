using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Server.Transports.Bounds;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports.Bounds;

/// <summary>
/// Clients that ask for large answers and read none of them cost a bounded amount of memory, and their user's other
/// devices a few seconds.
/// </summary>
public sealed class UnreadAnswersTests : IAsyncDisposable
{
    private const int Most = 2, Lazy = 6, Calls = 10;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;

    public UnreadAnswersTests() =>
        _server = new ChatServer(
            new Dictionary<string, string> { ["Chat:Limits:UnreadBytes"] = $"{Most * 1024 * 1024}" }, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private UnreadAnswers Answers => _server.Services.GetRequiredService<UnreadAnswers>();

    [Theory]
    [InlineData("WebSocket")]
    [InlineData("event stream")]
    [InlineData("long poll")]
    [InlineData("http")]
    public async Task Answers_that_nobody_reads_are_bounded_and_end_when_another_device_of_the_same_person_waits(
        string way)
    {
        var (ann, room) = await FillAsync();
        var lazy = new List<IAsyncDisposable>();
        for (var i = 0; i < Lazy; i++)
            lazy.Add(await AskAndDoNotReadAsync(way, ann, room));
        await Eventually.TrueAsync(() => Answers.Count(ann.User.Id) == Most, s_soon, Ct,
            "as many answers as may be are being written");

        await using var honest = await PlainClient.ConnectAsync(ann);
        var page = honest.Hub.InvokeAsync<EventPage>("History", room, new PageRequest(Limit: 1), Ct);
        await Eventually.TrueAsync(
            () =>
            {
                Assert.InRange(Answers.Count(ann.User.Id), 0, Most);
                if (!page.IsCompleted)
                    _time.Advance(TimeSpan.FromSeconds(1));
                return page.IsCompleted;
            },
            s_soon, Ct, "the honest one gets its answer");
        Assert.Single((await page).Events);

        foreach (var client in lazy)
            await client.DisposeAsync();
        if (way == "long poll")
            return; // SignalR waits for a while whether the client polls again
        await Eventually.TrueAsync(() => Answers.Count(ann.User.Id) == 0, s_soon, Ct, "and nothing is kept");
    }

    [Fact]
    public async Task The_page_of_a_long_poll_waits_for_room_like_any_other_answer()
    {
        var (ann, ended) = (await Person.SignUpAsync(_server.Uri, Ct, "ann"), 0);
        var room = await ann.CreateRoomAsync(Ct);
        using var api = new Api(_server.Uri, ann);
        var poll = api.GetAsync($"/api/rooms/{room.Id}/events?after=1&wait=60");
        var relay = _server.Services.GetRequiredService<NodeRelay>();
        await Eventually.TrueAsync(() => relay.All().Any(), s_soon, Ct, "it waits for an event");
        await using var others = await PlainClient.ConnectAsync(ann); // its sending takes no room
        var held = new List<UnreadAnswer>();
        for (var i = 0; i < Most; i++)
        {
            held.Add(await Answers.TakeAsync(ann.User.Id, () => Interlocked.Increment(ref ended), Ct));
            held[^1].Writing();
        }

        await others.SayAsync(room.Id);

        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(poll.IsCompleted);
                _time.Advance(TimeSpan.FromSeconds(1));
                return Volatile.Read(ref ended) > 0;
            },
            s_soon, Ct, "it waits, and an answer that nobody reads is ended for it");
        held.ForEach(h => h.Dispose());
        Assert.Equal(2, Assert.Single((await poll.WaitAsync(s_soon, Ct)).As<EventPage>().Events).Seq);
    }

    [Fact]
    public async Task Who_waits_and_goes_leaves_the_place_to_the_next()
    {
        using var first = await Answers.TakeAsync("ann", () => { }, Ct);
        var second = await Answers.TakeAsync("ann", () => { }, Ct);
        using var gone = new CancellationTokenSource();
        var third = Answers.TakeAsync("ann", () => { }, gone.Token).AsTask();
        var fourth = Answers.TakeAsync("ann", () => { }, Ct).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        second.Dispose();
        using var last = await fourth.WaitAsync(s_soon, Ct);
        using var others = await Answers.TakeAsync("bob", () => { }, Ct);
        Assert.Equal((Most, 1), (Answers.Count("ann"), Answers.Count("bob")));
    }

    [Fact]
    public async Task An_answer_that_turns_out_to_be_large_waits_for_room_before_those_that_are_not_made_yet()
    {
        var large = new SyncAnswer(
            new User("ann", "ann", UserKind.Guest),
            [.. Enumerable.Range(0, 30).Select(n => RoomOf($"{n}", members: 500))], []);
        using var first = await Answers.TakeAsync("ann", () => { }, Ct);
        using var second = await Answers.TakeAsync("ann", () => { }, Ct);
        var later = Answers.TakeAsync("ann", () => { }, Ct).AsTask();

        var fitting = second.FitAsync(large, Ct).AsTask();
        Assert.Equal(1, Answers.Count("ann"));
        Assert.False(fitting.IsCompleted || later.IsCompleted);
        first.Dispose();
        await fitting.WaitAsync(s_soon, Ct);
        Assert.Equal(Most, Answers.Count("ann"));
        Assert.False(later.IsCompleted);
        second.Dispose();
        using var last = await later.WaitAsync(s_soon, Ct);
        await last.FitAsync(new RoomList([RoomOf("one", members: 200)]), Ct);
        Assert.Equal(1, Answers.Count("ann"));
    }

    [Fact]
    public async Task So_many_may_wait_and_no_more()
    {
        using var first = await Answers.TakeAsync("ann", () => { }, Ct);
        using var second = await Answers.TakeAsync("ann", () => { }, Ct);
        using var gone = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 256).Select(_ => Answers.TakeAsync("ann", () => { }, gone.Token).AsTask())
            .ToList();
        var refused = await Assert.ThrowsAsync<ChatException>(() => Answers.TakeAsync("ann", () => { }, Ct).AsTask());
        Assert.Equal(ErrorCodes.RateLimited, refused.Code);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Room RoomOf(string id, int members) => new()
    {
        Id = id,
        Kind = RoomKind.Public,
        Name = "room",
        Topic = "",
        Head = 1,
        ReadUpTo = 1,
        Joined = 1,
        Members = [.. Enumerable.Range(0, members).Select(n => new UserRef($"id{n}", $"name{n}"))],
    };

    /// <summary>
    /// A room whose pages are larger than the buffers of system and web server for a connection that nobody reads.
    /// </summary>
    private async Task<(Person Ann, string Room)> FillAsync()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        var room = await ann.CreateRoomAsync(Ct);
        await using var hub = await PlainClient.ConnectAsync(ann);
        // The text is six times as long on the wire, because of escapes.
        var body = "a" + new string('\u0001', 3_000) + "a";
        foreach (var some in Enumerable.Range(0, 300).Chunk(3))
            await hub.SendAsync(room.Id, [.. some.Select(n => new NewMessage($"m{n}", body))]);
        return (ann, room.Id);
    }

    private async Task<IAsyncDisposable> AskAndDoNotReadAsync(string way, Person ann, string room)
    {
        var call = $$"""{"type":1,"invocationId":"1","target":"History","arguments":["{{room}}"]}""";
        // So many that the system's buffers cannot hold all of them.
        var calls = Enumerable.Repeat(call, Calls);
        switch (way)
        {
            case "WebSocket":
                var socket = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
                foreach (var one in calls)
                    await socket.SendTextAsync(one, Ct);
                return socket;
            case "http":
                var stream = await ConnectAsync();
                var request = $"GET /api/rooms/{room}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + $"{ann.Token}\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, Calls))), Ct);
                return stream;
            default:
                var hub = await RawHubStream.ConnectAsync(_server.Uri, ann.Token, polls: way == "long poll", Ct);
                await hub.SendTextAsync(string.Join('\u001e', calls), Ct);
                return hub;
        }
    }

    private async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 4096,
        };
        await socket.ConnectAsync(IPAddress.Loopback, _server.Uri.Port, Ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}

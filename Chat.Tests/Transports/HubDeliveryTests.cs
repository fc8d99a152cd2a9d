using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>The hub as docs/protocol.md has it: sync, events, checkpoints.</summary>
public sealed class HubDeliveryTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpTransportType.WebSockets, false)]
    [InlineData(HttpTransportType.ServerSentEvents, false)]
    [InlineData(HttpTransportType.LongPolling, false)]
    [InlineData(HttpTransportType.WebSockets, true)]
    [InlineData(HttpTransportType.LongPolling, true)]
    public async Task Messages_go_both_ways_on_every_transport_and_protocol(HttpTransportType transport, bool messagePack)
    {
        var (ann, bob, room) = await PairAsync();
        await using var one = await PlainClient.ConnectAsync(ann, transport, messagePack);
        await using var two = await PlainClient.ConnectAsync(bob, transport, messagePack);
        var answer = await one.SyncAsync();
        await two.SyncAsync((room.Id, 0));
        Assert.Equal(ann.User, answer.User);
        Assert.Equal((2, RoomKind.Public, room.Name), (answer.Rooms.Single().Head, answer.Rooms.Single().Kind, answer.Rooms.Single().Name));

        const string Text = "Grüße 👩‍👩‍👧‍👦 שלום \u202e \"quoted\" </script>";
        var results = await one.SendAsync(room.Id, new NewMessage("a", Text), new NewMessage("b", "  trimmed\n", ReplyTo: 3), new NewMessage("c", ""));
        await two.SayAsync(room.Id);

        Assert.Equal([3, 4, null], results.Select(r => r.Seq));
        Assert.Equal(["a", "b", "c"], results.Select(r => r.ClientId));
        Assert.Equal(ErrorCodes.Invalid, results[2].Error!.Code);
        await one.HearsNumbersAsync(room.Id, 3, 4, 5);
        await two.HearsNumbersAsync(room.Id, 1, 2, 3, 4, 5);
        var events = two.Heard.Where(s => s.Name == "Event").Select(s => (ChatEvent)s.Values[0]).ToList();
        Assert.Equal([EventTypes.Join, EventTypes.Join, EventTypes.Message, EventTypes.Message, EventTypes.Message], events.Select(e => e.Type));
        Assert.Equal((Text, "a", results[0].Id, results[0].At, new UserRef(ann.User.Id, ann.User.Name, ann.User.Kind)),
            (events[2].Body, events[2].ClientId, events[2].Id, events[2].At, events[2].Sender));
        Assert.Equal(("trimmed", 3L), (events[3].Body, events[3].ReplyTo));
        Assert.DoesNotContain(await one.Hub.InvokeAsync<IReadOnlyList<Room>>("PublicRooms", Ct), r => r.Id == room.Id);
        Assert.Equal(events.Select(e => e.Seq), (await one.Hub.InvokeAsync<EventPage>("History", room.Id, Ct)).Events.Select(e => e.Seq));
        await one.HearsAsync("Presence", v => ((IReadOnlyList<Presence>)v[0]).Contains(new Presence(bob.User.Id, PresenceState.Online)));
    }

    [Fact]
    public async Task Nothing_comes_before_the_first_sync()
    {
        var (ann, bob, room) = await PairAsync();
        await using var quiet = await PlainClient.ConnectAsync(ann);
        await using var other = await PlainClient.SyncedAsync(bob);
        for (var i = 0; i < 20; i++)
            await other.SayAsync(room.Id);
        await other.Hub.InvokeAsync("MarkRead", room.Id, 5, Ct);
        // A call's answer comes after whatever was pushed before it.
        Assert.Equal(20, (await quiet.Hub.InvokeAsync<EventPage>("History", room.Id, new PageRequest(After: 2), Ct)).Events.Count);
        Assert.Empty(quiet.Heard);
    }

    [Fact]
    public async Task What_follows_the_cursor_comes_and_a_room_without_one_starts_at_its_head()
    {
        var (ann, _, room) = await PairAsync();
        var other = await ann.CreateRoomAsync(Ct);
        await using var client = await PlainClient.ConnectAsync(ann);
        for (var i = 0; i < 5; i++)
            await client.SayAsync(i % 2 == 0 ? room.Id : other.Id);
        await client.SyncAsync((room.Id, 2));
        await client.SayAsync(other.Id);

        await client.HearsNumbersAsync(room.Id, 3, 4, 5);
        await client.HearsNumbersAsync(other.Id, 4);
    }

    [Fact]
    public async Task Arguments_that_are_optional_may_be_left_out()
    {
        var (ann, _, room) = await PairAsync();
        await using var client = await PlainClient.ConnectAsync(ann);

        var answer = await client.Hub.InvokeAsync<SyncAnswer>("sYnC", Ct);
        Assert.Contains(answer.Rooms, r => r.Id == room.Id);
        Assert.Equal(2, (await client.Hub.InvokeAsync<EventPage>("History", room.Id, Ct)).Head);
        await client.Hub.InvokeAsync<IReadOnlyList<Room>>("PublicRooms", Ct);
        await client.Hub.SendAsync("Sync", Ct); // not even asking for an answer
        await client.SayAsync(room.Id);
        await client.HearsNumbersAsync(room.Id, 3);
    }

    [Fact]
    public async Task Syncing_again_replaces_the_cursors_and_restarts_the_count()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var slow = new ChatServer(time: time);
        var ann = await Person.SignUpAsync(slow.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await using var client = await PlainClient.SyncedAsync(ann, (room.Id, 0));
        for (var i = 0; i < 4; i++)
            await client.SayAsync(room.Id);
        await client.HearsNumbersAsync(room.Id, 1, 2, 3, 4, 5);
        time.Advance(Wire.CheckpointInterval);
        await client.HearsAsync("Checkpoint", v => (long)v[0] == 5);

        await client.SyncAsync((room.Id, 3));
        await client.HearsNumbersAsync(room.Id, 1, 2, 3, 4, 5, 4, 5);
        time.Advance(Wire.CheckpointInterval);
        await client.HearsAsync("Checkpoint", v => (long)v[0] == 2);
        await client.SyncAsync();
        time.Advance(Wire.CheckpointInterval);
        await client.HearsAsync("Checkpoint", v => (long)v[0] == 0);
        Assert.Equal(3, client.Heard.Count(s => s.Name == "Checkpoint"));
    }

    [Fact]
    public async Task Too_far_behind_is_said_and_the_rest_can_be_paged()
    {
        await using var small = new ChatServer(new Dictionary<string, string> { ["Chat:Limits:CatchUp"] = "30" });
        var ann = await Person.SignUpAsync(small.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await using var client = await PlainClient.ConnectAsync(ann);
        await client.SendAsync(room.Id, [.. Enumerable.Range(0, 99).Select(i => new NewMessage($"{i}", "text"))]);
        await client.SyncAsync((room.Id, 10));

        var skipped = await client.HearsAsync("Skipped");

        Assert.Equal([room.Id, 11L, 70L], skipped.Values);
        await client.HearsNumbersAsync(room.Id, Enumerable.Range(71, 30).Select(n => (long)n));
        var page = await client.Hub.InvokeAsync<EventPage>("History", room.Id, new PageRequest(After: 10, Limit: 60), Ct);
        Assert.Equal(Enumerable.Range(11, 60).Select(n => (long)n), page.Events.Select(e => e.Seq));
    }

    [Fact]
    public async Task A_long_backlog_of_long_messages_comes_whole()
    {
        var (ann, bob, room) = await PairAsync();
        await using var one = await PlainClient.ConnectAsync(ann);
        for (var i = 0; i < 200; i++)
            await one.SendAsync(room.Id, [.. Enumerable.Range(0, 3).Select(n => new NewMessage($"{i}-{n}", new string('x', i % 10 == 0 ? 16_000 : 10)))]);

        await using var two = await PlainClient.SyncedAsync(bob, (room.Id, 0));

        await two.HearsNumbersAsync(room.Id, Enumerable.Range(1, 602).Select(n => (long)n));
    }

    private async Task<(Person Ann, Person Bob, Room Room)> PairAsync()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var room = await ann.CreateRoomAsync(Ct);
        await bob.JoinAsync(room.Id, Ct);
        return (ann, bob, room);
    }
}

using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Tests.Transports;

/// <summary>Rooms coming and going while one is connected, and what passes by.</summary>
public sealed class HubMembershipTests(SharedServer server) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private Person _ann = null!, _bob = null!;
    private PlainClient _one = null!, _two = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        _bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        _one = await PlainClient.SyncedAsync(_ann);
        _two = await PlainClient.SyncedAsync(_bob);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task A_room_one_is_added_to_starts_with_the_event_that_added_one()
    {
        var room = await CreateAsync(RoomKind.Private);
        await _one.SayAsync(room.Id, "before");
        await _one.Hub.InvokeAsync<Room>("Invite", room.Id, _bob.User.Name, Ct);
        await _one.SayAsync(room.Id, "after");

        await _two.HearsNumbersAsync(room.Id, 3, 4);
        var join = (ChatEvent)(await _two.HearsAsync("Event")).Values[0];
        Assert.Equal((EventTypes.Join, _bob.User.Id, _ann.User.Id), (join.Type, join.Sender.Id, join.By!.Id));
        var updated = (Room)(await _two.HearsAsync("RoomUpdated", v => ((Room)v[0]).Id == room.Id)).Values[0];
        Assert.Equal((3L, RoomKind.Private, room.Name), (updated.Joined, updated.Kind, updated.Name));
        Assert.Equal([_ann.User.Id, _bob.User.Id], updated.Members.Select(m => m.Id));
        await _one.HearsNumbersAsync(room.Id, 1, 2, 3, 4);
    }

    [Fact]
    public async Task A_direct_room_appears_for_both_under_the_others_name()
    {
        var mine = await _one.Hub.InvokeAsync<Room>("OpenDirect", _bob.User.Name, Ct);
        var theirs = (Room)(await _two.HearsAsync("RoomUpdated")).Values[0];

        Assert.Equal((mine.Id, _bob.User.Name), (mine.Id, mine.Name));
        Assert.Equal((mine.Id, _ann.User.Name, RoomKind.Direct), (theirs.Id, theirs.Name, theirs.Kind));
        Assert.Equal(mine.Id, (await _two.Hub.InvokeAsync<Room>("OpenDirect", _ann.User.Name, Ct)).Id);
        Assert.Equal(ErrorCodes.Forbidden, await _one.RefusalAsync("Leave", mine.Id));
        Assert.Equal(ErrorCodes.NotFound, await _one.RefusalAsync("OpenDirect", "nobody-of-this-name"));
    }

    [Fact]
    public async Task Who_is_removed_in_a_burst_hears_nothing_after_the_leave()
    {
        var room = await CreateAsync();
        await _two.Hub.InvokeAsync<Room>("Join", room.Id, Ct);
        var burst = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
                await _one.SendAsync(room.Id, [.. Enumerable.Range(0, 10).Select(n => new NewMessage($"{i}-{n}", "text"))]);
        }, Ct);
        await _two.HearsAsync("Event", v => ((ChatEvent)v[0]).Type == EventTypes.Message);
        using (var http = _ann.Http())
            Assert.True((await http.DeleteAsync(new Uri($"/api/rooms/{room.Id}/members/{_bob.User.Name}", UriKind.Relative), Ct)).IsSuccessStatusCode);
        await burst;
        await _two.HearsAsync("RoomRemoved", v => (string)v[0] == room.Id);
        await _one.SayAsync(room.Id);

        var page = await _two.Hub.InvokeAsync<EventPage>("History", room.Id, Ct); // and a fence
        Assert.Equal(EventTypes.Leave, page.Events[^1].Type);
        Assert.Equal(page.Head, page.Events[^1].Seq);
        Assert.Equal(Enumerable.Range(2, (int)page.Head - 1).Select(n => (long)n), _two.Numbers(room.Id));
        Assert.Equal("RoomRemoved", _two.Heard.Last(s => s.Name is "Event" or "RoomRemoved").Name);
        Assert.Equal(ErrorCodes.Forbidden, await _two.RefusalAsync("Send", room.Id, new[] { new NewMessage("x", "x") }));
        Assert.Equal(ErrorCodes.NotFound, await _two.RefusalAsync("Typing", room.Id));
        Assert.DoesNotContain(page.Events, e => e.Seq > page.Head);
    }

    [Fact]
    public async Task Who_was_removed_while_away_hears_the_rest_up_to_the_leave_and_after_coming_back_all()
    {
        var room = await CreateAsync();
        await _bob.JoinAsync(room.Id, Ct);
        await _one.SayAsync(room.Id, "3");
        await _two.Hub.StopAsync(Ct);
        await _one.SayAsync(room.Id, "4");
        await _one.Hub.InvokeAsync("Remove", room.Id, _bob.User.Name, Ct); // 5
        await _one.SayAsync(room.Id, "6");

        await using var again = await PlainClient.SyncedAsync(_bob, (room.Id, 3));
        await again.HearsAsync("RoomRemoved");
        await again.HearsNumbersAsync(room.Id, 4, 5);

        await again.Hub.InvokeAsync<Room>("Join", room.Id, Ct); // 7
        await _one.SayAsync(room.Id, "8");
        await again.HearsNumbersAsync(room.Id, 4, 5, 7, 8);
        await again.SyncAsync((room.Id, 5)); // a hole: the client asks
        await again.HearsNumbersAsync(room.Id, 4, 5, 7, 8, 6, 7, 8);
    }

    [Fact]
    public async Task A_new_name_is_an_event_and_every_member_is_told()
    {
        var room = await CreateAsync();
        await _bob.JoinAsync(room.Id, Ct);
        await _one.Hub.InvokeAsync<Room>("ChangeRoom", room.Id, new RoomChange("new name", "topic"), Ct);

        await _two.HearsAsync("RoomUpdated", v => v[0] is Room { Name: "new name", Topic: "topic" });
        await _two.HearsAsync("Event", v => v[0] is ChatEvent { Type: EventTypes.Room, Room.Name: "new name" });
        Assert.Equal(ErrorCodes.Forbidden, await _two.RefusalAsync("ChangeRoom", room.Id, new RoomChange("mine")));
        Assert.Equal(ErrorCodes.Forbidden, await _two.RefusalAsync("Remove", room.Id, _ann.User.Name));
    }

    [Fact]
    public async Task Signals_reach_the_others_in_the_room()
    {
        var room = await CreateAsync();
        await _two.Hub.InvokeAsync<Room>("Join", room.Id, Ct);
        await _one.HearsNumbersAsync(room.Id, 1, 2);
        await _two.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _one.HearsAsync("Typing", v => (string)v[0] == room.Id && (string)v[1] == _bob.User.Id);
        await _one.SayAsync(room.Id); // whoever joins has read everything up to the join
        await _two.Hub.InvokeAsync("MarkRead", room.Id, 999, Ct);
        await _one.HearsAsync("ReadMarker", v => (string)v[0] == room.Id && (string)v[1] == _bob.User.Id
            && (long)v[2] == 3);
        var mine = (await _two.SyncAsync()).Rooms.Single(r => r.Id == room.Id);
        Assert.Equal((3L, 0), (mine.ReadUpTo, mine.Unread));

        await using (var phone = await PlainClient.SyncedAsync(_bob))
            await phone.HearsAsync("Presence", v => ((IReadOnlyList<Presence>)v[0]).Contains(new Presence(_ann.User.Id, PresenceState.Online)));
        await _two.Hub.StopAsync(Ct);
        await _one.HearsAsync("Presence", v => ((IReadOnlyList<Presence>)v[0]).Contains(new Presence(_bob.User.Id, PresenceState.Offline)));
        Assert.DoesNotContain(_two.Heard, s => s.Name == "Typing");
    }

    [Fact]
    public async Task A_member_may_type_before_the_connection_knows_of_the_room()
    {
        var room = await CreateAsync();
        await _bob.JoinAsync(room.Id, Ct);
        var other = await CreateAsync();
        await _one.HearsNumbersAsync(room.Id, 1, 2); // it follows the room, so it hears who types there
        // Without a sync, a connection knows of no room.
        await using var phone = await PlainClient.ConnectAsync(_bob);

        await phone.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _one.HearsAsync("Typing", v => (string)v[0] == room.Id && (string)v[1] == _bob.User.Id);
        Assert.Equal(ErrorCodes.NotFound, await phone.RefusalAsync("Typing", other.Id));
    }

    [Fact]
    public async Task Unread_messages_are_those_of_others_after_the_marker()
    {
        var room = await CreateAsync();
        await _bob.JoinAsync(room.Id, Ct);
        await _one.SayAsync(room.Id);
        await _one.SayAsync(room.Id);
        await _two.SayAsync(room.Id);

        Assert.Equal(2, (await _two.SyncAsync()).Rooms.Single(r => r.Id == room.Id).Unread);
        await _two.Hub.InvokeAsync("MarkRead", room.Id, 3, Ct);
        Assert.Equal(1, (await _two.SyncAsync()).Rooms.Single(r => r.Id == room.Id).Unread);
        Assert.Equal(1, (await _one.SyncAsync()).Rooms.Single(r => r.Id == room.Id).Unread);
    }

    [Fact]
    public async Task A_direct_room_says_how_far_the_other_one_has_read_also_to_who_was_away()
    {
        var direct = await _one.Hub.InvokeAsync<Room>("OpenDirect", _bob.User.Name, Ct);
        await _one.SayAsync(direct.Id);
        await _one.Hub.StopAsync(Ct);
        await _two.Hub.InvokeAsync("MarkRead", direct.Id, 3, Ct);

        await using var back = await PlainClient.SyncedAsync(_ann);
        var mine = (await back.SyncAsync()).Rooms.Single(r => r.Id == direct.Id);
        Assert.Equal(new Dictionary<string, long> { [_bob.User.Id] = 3 }, mine.Seen);
        Assert.Null((await CreateByAsync(back)).Seen);
    }

    private static Task<Room> CreateByAsync(PlainClient client, RoomKind kind = RoomKind.Public) =>
        client.Hub.InvokeAsync<Room>("CreateRoom", new NewRoom($"room {Guid.NewGuid():N}", kind), Ct);

    private Task<Room> CreateAsync(RoomKind kind = RoomKind.Public) => CreateByAsync(_one, kind);
}

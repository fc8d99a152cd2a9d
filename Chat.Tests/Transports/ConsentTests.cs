using System.Net;
using Chat.Contracts;
using Chat.Server.Log;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Transports;

/// <summary>A server on which strangers have to ask.</summary>
public sealed class ConsentServer : IAsyncDisposable
{
    private readonly ChatServer _server = new(new Dictionary<string, string> { ["Chat:Rooms:Consent"] = "true" });

    public Uri Uri => _server.Uri;

    public IDbContextFactory<LogDb> Databases => _server.Services.GetRequiredService<IDbContextFactory<LogDb>>();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>Requests, invitations and blocks, as two people who do not know each other see them.</summary>
public sealed class ConsentTests(ConsentServer server) : IClassFixture<ConsentServer>, IAsyncLifetime
{
    private Person _ann = null!, _bob = null!;
    private PlainClient _one = null!, _two = null!;
    private Api _anns = null!, _bobs = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        _bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        _one = await PlainClient.SyncedAsync(_ann);
        _two = await PlainClient.SyncedAsync(_bob);
        (_anns, _bobs) = (new Api(server.Uri, _ann), new Api(server.Uri, _bob));
    }

    public async ValueTask DisposeAsync()
    {
        _anns.Dispose();
        _bobs.Dispose();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task A_strangers_first_message_comes_as_a_request_without_presence_typing_or_read_markers()
    {
        var room = await AskAsync();
        Assert.Equal(RequestSide.Mine, room.Request);
        var theirs = (Room)(await _two.HearsAsync("RoomUpdated", v => ((Room)v[0]).Id == room.Id)).Values[0];
        Assert.Equal((RequestSide.Theirs, _ann.User.Name), (theirs.Request, theirs.Name));
        await _two.HearsNumbersAsync(room.Id, 2, 3);

        await _one.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _two.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _two.Hub.InvokeAsync("MarkRead", room.Id, 3L, Ct);
        await FenceAsync();

        Assert.DoesNotContain(_one.Heard, s => Passing(s, _bob, room));
        Assert.DoesNotContain(_two.Heard, s => Passing(s, _ann, room));
        Assert.Equal(0, (await RoomOfAsync(_anns, room.Id))!.Seen![_bob.User.Id]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("hub")]
    [InlineData("message")]
    public async Task Accepting_or_answering_opens_the_room_for_both(string how)
    {
        var room = await AskAsync();
        await _two.HearsAsync("RoomUpdated", v => ((Room)v[0]).Id == room.Id);
        if (how == "http")
            Assert.Null((await _bobs.PutAsync($"/api/rooms/{room.Id}/request", new ConsentAnswer(true)))
                .As<Room>().Request);
        else if (how == "hub")
            await _two.Hub.InvokeAsync("AnswerRequest", room.Id, true, Ct);
        else
            await _two.SayAsync(room.Id);

        await _one.HearsAsync("RoomUpdated", v => v[0] is Room { Request: null } r && r.Id == room.Id);
        await _two.HearsAsync("RoomUpdated", v => v[0] is Room { Request: null } r && r.Id == room.Id);
        await _one.HearsAsync("Presence", v => Online(v, _bob));
        await _two.HearsAsync("Presence", v => Online(v, _ann));
        await _one.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _two.HearsAsync("Typing", v => (string)v[1] == _ann.User.Id);
    }

    [Fact]
    public async Task A_refused_room_is_gone_for_one_and_the_other_notices_nothing()
    {
        var room = await AskAsync();
        await _two.HearsNumbersAsync(room.Id, 2, 3);
        Assert.Equal(HttpStatusCode.NoContent,
            (await _bobs.PutAsync($"/api/rooms/{room.Id}/request", new ConsentAnswer(false))).Status);
        await _two.HearsAsync("RoomRemoved", v => (string)v[0] == room.Id);
        var heard = _one.Heard.Count(s => s.Name is "RoomUpdated" or "RoomRemoved");

        Assert.Equal(4, await _one.SayAsync(room.Id));
        await FenceAsync();

        Assert.Equal(heard,
            _one.Heard.Count(s => s.Name is "RoomUpdated" or "RoomRemoved"
                && s.Values[0] is not Room { Kind: RoomKind.Public }));
        Assert.DoesNotContain(_one.Heard, s => Passing(s, _bob, room));
        Assert.Equal(RequestSide.Mine, (await RoomOfAsync(_anns, room.Id))!.Request);
        Assert.Null(await RoomOfAsync(_bobs, room.Id));
        Assert.DoesNotContain((await _two.SyncAsync((room.Id, 3))).Rooms, r => r.Id == room.Id);
        (await _bobs.GetAsync($"/api/rooms/{room.Id}/events")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await _bobs.GetAsync($"/api/rooms/{room.Id}/events/stream?after=0")).Refuses(HttpStatusCode.NotFound,
            ErrorCodes.NotFound);
        (await _bobs.PutAsync($"/api/rooms/{room.Id}/read", new ReadRequest(4))).Refuses(HttpStatusCode.NotFound,
            ErrorCodes.NotFound);
        Assert.Equal([2, 3], _two.Numbers(room.Id));

        Assert.Equal(RequestSide.Theirs, (await _bobs.PutAsync($"/api/direct/{_ann.User.Name}")).As<Room>().Request);
        await _two.HearsNumbersAsync(room.Id, 2, 3, 2, 3, 4);
    }

    [Fact]
    public async Task A_room_that_is_shown_again_may_be_read_before_the_connection_knows_of_it()
    {
        var room = await AskAsync();
        await _two.HearsNumbersAsync(room.Id, 2, 3);
        await _bobs.PutAsync($"/api/rooms/{room.Id}/request", new ConsentAnswer(false));
        await _two.HearsAsync("RoomRemoved", v => (string)v[0] == room.Id);
        Assert.Equal(ErrorCodes.NotFound, await _two.RefusalAsync("MarkRead", room.Id, 3L));

        // Nobody tells the connection of this change.
        await using (var db = await server.Databases.CreateDbContextAsync(Ct))
            Assert.Equal(1, await db.HiddenRooms.Where(h => h.RoomId == room.Id).ExecuteDeleteAsync(Ct));

        await _two.Hub.InvokeAsync("MarkRead", room.Id, 3L, Ct);
        Assert.Equal(3, (await _bobs.GetAsync($"/api/rooms/{room.Id}/events")).As<EventPage>().Events[^1].Seq);
    }

    [Fact]
    public async Task Blocking_hides_the_direct_room_and_unblocking_brings_it_back_without_a_hole()
    {
        var room = await AskAsync();
        await _two.SayAsync(room.Id);
        await _one.HearsAsync("Presence", v => Online(v, _bob));
        await _two.HearsAsync("Presence", v => Online(v, _ann));

        Assert.Equal(HttpStatusCode.NoContent, (await _bobs.PutAsync($"/api/account/blocked/{_ann.User.Id}")).Status);
        await _two.HearsAsync("RoomRemoved", v => (string)v[0] == room.Id);
        Assert.Equal([new(_ann.User.Id, _ann.User.Name, UserKind.Guest)],
            (await _bobs.GetAsync("/api/account/blocked")).As<List<UserRef>>());
        await _one.HearsAsync("Presence", v => Says(v, _bob, PresenceState.Offline));
        Assert.Equal(5, await _one.SayAsync(room.Id));
        Assert.Contains((await _one.SyncAsync((room.Id, 5))).Rooms, r => r.Id == room.Id);
        (await _bobs.PutAsync($"/api/direct/{_ann.User.Name}")).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        await FenceAsync();
        Assert.Equal([2, 3, 4], _two.Numbers(room.Id));

        Assert.Equal(HttpStatusCode.NoContent,
            (await _bobs.DeleteAsync($"/api/account/blocked/{_ann.User.Id}")).Status);
        await _two.HearsNumbersAsync(room.Id, 2, 3, 4, 2, 3, 4, 5);
        Assert.Equal(2, (await RoomOfAsync(_bobs, room.Id))!.Joined);
    }

    [Fact]
    public async Task In_a_common_room_a_blocked_person_is_read_but_neither_typing_nor_there()
    {
        var room = await _ann.CreateRoomAsync(Ct);
        await _two.Hub.InvokeAsync<Room>("Join", room.Id, Ct);
        await _two.HearsAsync("Presence", v => Online(v, _ann));
        await _one.HearsAsync("Presence", v => Online(v, _bob));
        await _two.Hub.InvokeAsync("Block", _ann.User.Id, Ct);
        await _two.HearsAsync("Presence", v => Says(v, _ann, PresenceState.Offline));

        await _one.Hub.InvokeAsync("Typing", room.Id, Ct);
        await _one.SayAsync(room.Id, "still counts");
        await _two.HearsAsync("Event", v => ((ChatEvent)v[0]).Body == "still counts");
        await FenceAsync();

        Assert.DoesNotContain(_two.Heard, s => s.Name == "Typing");
        Assert.Equal(1, (await RoomOfAsync(_bobs, room.Id))!.Unread);
        await _two.Hub.InvokeAsync("Unblock", _ann.User.Id, Ct);
        await Eventually.TrueAsync(() => _two.Heard.Count(s => s.Name == "Presence" && Online(s.Values, _ann)) >= 2,
            TimeSpan.FromSeconds(15), Ct, "she is seen again");
    }

    [Fact]
    public async Task Being_put_into_a_room_by_a_stranger_is_an_invitation_that_waits_for_an_answer()
    {
        var room = await _ann.CreateRoomAsync(Ct, RoomKind.Private);
        var invited = (await _anns.PutAsync($"/api/rooms/{room.Id}/members/{_bob.User.Name}")).As<Room>();
        Assert.Equal([_bob.User.Id], invited.Invited!.Select(u => u.Id));
        Assert.DoesNotContain(invited.Members, m => m.Id == _bob.User.Id);

        var told = (Invitation)(await _two.HearsAsync("Invited")).Values[0];
        Assert.Equal((new InvitedRoom(room.Id, RoomKind.Private, room.Name), _ann.User.Id), (told.Room, told.By.Id));
        Assert.Equal(told, Assert.Single((await _bobs.GetAsync("/api/account/invitations")).As<List<Invitation>>()));
        Assert.Equal(told, Assert.Single((await _two.SyncAsync()).Invitations));
        Assert.Null(await RoomOfAsync(_bobs, room.Id));

        (await _bobs.PutAsync($"/api/account/invitations/{room.Id}", new { })).Refuses(HttpStatusCode.BadRequest,
            ErrorCodes.Invalid);
        Assert.Equal(room.Id,
            (await _bobs.PutAsync($"/api/account/invitations/{room.Id}", new ConsentAnswer(true))).As<Room>().Id);
        await _two.HearsNumbersAsync(room.Id, 2);
        await _one.HearsAsync("RoomUpdated", v => v[0] is Room { Invited: null } r && r.Id == room.Id);
        Assert.Empty((await _two.SyncAsync()).Invitations);

        // They know each other now.
        var second = await _ann.CreateRoomAsync(Ct, RoomKind.Private);
        Assert.Contains((await _anns.PutAsync($"/api/rooms/{second.Id}/members/{_bob.User.Name}")).As<Room>().Members,
            m => m.Id == _bob.User.Id);
    }

    [Fact]
    public async Task Who_invites_does_not_notice_a_refusal_and_may_take_the_invitation_back()
    {
        var room = await _ann.CreateRoomAsync(Ct, RoomKind.Private);
        await _anns.PutAsync($"/api/rooms/{room.Id}/members/{_bob.User.Name}");
        Assert.Equal(HttpStatusCode.NoContent,
            (await _bobs.PutAsync($"/api/account/invitations/{room.Id}", new ConsentAnswer(false))).Status);

        Assert.NotNull((await RoomOfAsync(_anns, room.Id))!.Invited);
        Assert.Empty((await _bobs.GetAsync("/api/account/invitations")).As<List<Invitation>>());
        Assert.Equal(HttpStatusCode.NoContent,
            (await _anns.DeleteAsync($"/api/rooms/{room.Id}/members/{_bob.User.Name}")).Status);
        Assert.Null((await RoomOfAsync(_anns, room.Id))!.Invited);
    }

    [Fact]
    public async Task Blocking_takes_an_id_that_is_somebody_elses()
    {
        (await _bobs.PutAsync("/api/account/blocked/nobody")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await _bobs.PutAsync($"/api/account/blocked/{_bob.User.Id}")).Refuses(HttpStatusCode.BadRequest,
            ErrorCodes.Invalid);
        Assert.Equal(HttpStatusCode.NoContent, (await _bobs.DeleteAsync("/api/account/blocked/nobody")).Status);
        Assert.Equal(ErrorCodes.NotFound, await _two.RefusalAsync("AnswerRequest", "nosuchroom", true));
    }

    /// <summary>A direct room that Ann asks Bob for, with a message of hers.</summary>
    private async Task<Room> AskAsync()
    {
        var room = (await _anns.PutAsync($"/api/direct/{_bob.User.Name}")).As<Room>();
        await _one.HearsAsync("RoomUpdated", v => ((Room)v[0]).Id == room.Id);
        await _one.SayAsync(room.Id);
        return room;
    }

    /// <summary>Notices that were on their way to either of them have come once a later one has.</summary>
    private async Task FenceAsync()
    {
        using var cid = new Api(server.Uri, await Person.SignUpAsync(server.Uri, Ct, "cid"));
        foreach (var client in (PlainClient[])[_one, _two])
        {
            // Each gets a room of their own, because in a common room they would see each other.
            var room = (await cid.PostAsync("/api/rooms", new NewRoom("fence", RoomKind.Public)))
                .As<Room>(HttpStatusCode.Created);
            await client.Hub.InvokeAsync<Room>("Join", room.Id, Ct);
            await client.HearsAsync("Event", v => ((ChatEvent)v[0]).RoomId == room.Id);
        }
    }

    private static async Task<Room?> RoomOfAsync(Api api, string roomId) =>
        (await api.GetAsync("/api/rooms")).As<RoomList>().Rooms.SingleOrDefault(r => r.Id == roomId);

    private static bool Online(object[] said, Person person) => Says(said, person, PresenceState.Online);

    private static bool Says(object[] said, Person person, PresenceState state) =>
        said[0] is IReadOnlyList<Presence> users && users.Any(u => u.UserId == person.User.Id && u.State == state);

    private static bool Passing(Said said, Person person, Room room) => said.Name switch
    {
        "Typing" or "ReadMarker" => (string)said.Values[0] == room.Id && (string)said.Values[1] == person.User.Id,
        "Presence" => ((IReadOnlyList<Presence>)said.Values[0]).Any(u => u.UserId == person.User.Id),
        _ => false,
    };
}

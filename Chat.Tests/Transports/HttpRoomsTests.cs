using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Transports;

/// <summary>Every row of "Rooms over HTTP".</summary>
public sealed class HttpRoomsTests(SharedServer server) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private Person _ann = null!, _bob = null!;
    private Api _one = null!, _two = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        _bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        (_one, _two) = (new Api(server.Uri, _ann), new Api(server.Uri, _bob));
    }

    public ValueTask DisposeAsync()
    {
        _one.Dispose();
        _two.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_room_is_created_found_joined_and_left()
    {
        var name = $"Größe {Guid.NewGuid():N}";
        var created = await _one.PostAsync("/api/rooms", new NewRoom(name, RoomKind.Public, "a topic"));
        var room = created.As<Room>(HttpStatusCode.Created);
        Assert.Equal("public", created.Json.GetProperty("kind").GetString());
        Assert.NotNull(created.Location);
        Assert.Equal((name, "a topic", 1L, 1L), (room.Name, room.Topic, room.Head, room.Joined));

        Assert.Equal(room.Id, Assert.Single((await _one.GetAsync("/api/rooms")).As<RoomList>().Rooms).Id);
        Assert.Empty((await _two.GetAsync("/api/rooms")).As<RoomList>().Rooms);
        var query = Uri.EscapeDataString(name.ToUpperInvariant());
        Assert.Equal(room.Id, Assert.Single((await _two.GetAsync($"/api/rooms/public?query={query}")).As<RoomList>().Rooms).Id);
        Assert.Empty((await _one.GetAsync($"/api/rooms/public?query={query}")).As<RoomList>().Rooms);

        Assert.Equal(2, (await _two.PutAsync($"/api/rooms/{room.Id}/members/me")).As<Room>().Joined);
        Assert.Equal(2, (await _two.PutAsync($"/api/rooms/{room.Id}/members/me")).As<Room>().Head);
        Assert.Equal(HttpStatusCode.NoContent, (await _two.DeleteAsync($"/api/rooms/{room.Id}/members/me")).Status);
        (await _two.DeleteAsync($"/api/rooms/{room.Id}/members/me")).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        Assert.Empty((await _two.GetAsync("/api/rooms")).As<RoomList>().Rooms);
    }

    [Fact]
    public async Task People_are_invited_and_removed_by_name()
    {
        var room = (await _one.PostAsync("/api/rooms", new NewRoom("r", RoomKind.Private))).As<Room>(HttpStatusCode.Created);
        var member = $"/api/rooms/{room.Id}/members/{_bob.User.Name.ToUpperInvariant()}";

        Assert.Equal([_ann.User.Id, _bob.User.Id], (await _one.PutAsync(member)).As<Room>().Members.Select(m => m.Id));
        (await _one.PutAsync($"/api/rooms/{room.Id}/members/nobody-at-all")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await _two.DeleteAsync($"/api/rooms/{room.Id}/members/{_ann.User.Name}")).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        Assert.Equal(HttpStatusCode.NoContent, (await _one.DeleteAsync(member)).Status);
        (await _one.DeleteAsync(member)).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await _two.PutAsync($"/api/rooms/{room.Id}/members/me")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
    }

    [Fact]
    public async Task Members_list_each_other_in_pages_and_strangers_learn_nothing()
    {
        var room = (await _one.PostAsync("/api/rooms", new NewRoom("r", RoomKind.Private)))
            .As<Room>(HttpStatusCode.Created);
        (await _two.GetAsync($"/api/rooms/{room.Id}/members")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        var invited = (await _one.PutAsync($"/api/rooms/{room.Id}/members/{_bob.User.Name}")).As<Room>();
        Assert.Equal((2, _ann.User.Id), (invited.MemberCount, invited.Owner));

        var first = await _two.GetAsync($"/api/rooms/{room.Id}/members?limit=1");
        Assert.Equal("owner", first.Json.GetProperty("members")[0].GetProperty("role").GetString());
        var next = Uri.EscapeDataString(first.As<MemberPage>().Next!);
        Assert.Equal(_bob.User.Id,
            Assert.Single((await _two.GetAsync($"/api/rooms/{room.Id}/members?limit=1&before={next}"))
                .As<MemberPage>().Members).Id);
        var part = _bob.User.Name[1..].ToUpperInvariant();
        var found = (await _two.GetAsync($"/api/rooms/{room.Id}/members?query={part}")).As<MemberPage>();
        Assert.Equal(_bob.User.Id, Assert.Single(found.Members).Id);
        Assert.Null(found.Next);
        (await _two.GetAsync($"/api/rooms/{room.Id}/members?before=nonsense")).Refuses(HttpStatusCode.BadRequest,
            ErrorCodes.Invalid);
        (await _two.GetAsync($"/api/rooms/{room.Id}/members?limit=201")).Refuses(HttpStatusCode.BadRequest,
            ErrorCodes.Invalid);
    }

    [Fact]
    public async Task A_direct_room_is_created_at_the_first_call()
    {
        var mine = (await _one.PutAsync($"/api/direct/{_bob.User.Name}")).As<Room>();
        var theirs = (await _two.PutAsync($"/api/direct/{_ann.User.Name}")).As<Room>();

        Assert.Equal((mine.Id, RoomKind.Direct), (theirs.Id, theirs.Kind));
        Assert.Equal((_bob.User.Name, _ann.User.Name), (mine.Name, theirs.Name));
        (await _one.PutAsync("/api/direct/nobody-at-all")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await _one.DeleteAsync($"/api/rooms/{mine.Id}/members/me")).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
    }

    [Fact]
    public async Task A_message_is_posted_once_however_often_it_is_sent()
    {
        var room = await _ann.CreateRoomAsync(Ct);
        var posted = await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("key", " hello "));
        var e = posted.As<ChatEvent>(HttpStatusCode.Created);
        Assert.Equal((2L, "hello", "key", EventTypes.Message, _ann.User.Id), (e.Seq, e.Body, e.ClientId, e.Type, e.Sender.Id));
        Assert.EndsWith("Z", posted.Json.GetProperty("at").GetString(), StringComparison.Ordinal);
        Assert.False(posted.Json.TryGetProperty("replyTo", out _));

        Assert.Equal(e, (await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("key", "hello"))).As<ChatEvent>());
        (await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("key", "other"))).Refuses(HttpStatusCode.Conflict, ErrorCodes.KeyReused);
        (await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("key2", "x", 77))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _two.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("key", "x"))).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        (await _one.PostAsync("/api/rooms/nosuchroom/messages", new NewMessage("key", "x"))).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
    }

    [Fact]
    public async Task Short_polling_and_pages_go_both_ways()
    {
        var room = await _ann.CreateRoomAsync(Ct);
        for (var i = 2; i <= 10; i++)
            await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage($"{i}", $"{i}"));

        await PageAsync("", 1, 10);
        await PageAsync("?limit=3", 8, 10);
        await PageAsync("?after=0&limit=3", 1, 3);
        await PageAsync("?after=8", 9, 10);
        await PageAsync("?after=10", 11, 10);
        await PageAsync("?after=9223372036854775807", 11, 10);
        await PageAsync("?before=4", 1, 3);
        await PageAsync("?before=4&limit=2", 2, 3);
        await PageAsync("?before=1", 11, 10);
        await PageAsync("?after=3&before=6", 4, 5);
        foreach (var wrong in (string[])["after=-1", "before=0", "limit=0", "limit=201", "limit=x", "after=1.5", "after=99999999999999999999"])
        {
            var text = (await _one.GetAsync($"/api/rooms/{room.Id}/events?{wrong}")).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
            Assert.Contains(wrong.Split('=')[0], text, StringComparison.Ordinal);
        }

        async Task PageAsync(string query, int first, int last)
        {
            var page = (await _one.GetAsync($"/api/rooms/{room.Id}/events{query}")).As<EventPage>();
            Assert.Equal(10, page.Head);
            Assert.Equal(Enumerable.Range(first, last - first + 1).Select(n => (long)n), page.Events.Select(e => e.Seq));
        }
    }

    [Fact]
    public async Task Reading_is_marked()
    {
        var room = await _ann.CreateRoomAsync(Ct);
        Assert.Equal(HttpStatusCode.NoContent, (await _one.PutAsync($"/api/rooms/{room.Id}/read", new ReadRequest(1))).Status);
        (await _one.PutAsync($"/api/rooms/{room.Id}/read", new ReadRequest(-1))).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _one.PutAsync($"/api/rooms/{room.Id}/read", "{}")).Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
        (await _two.PutAsync($"/api/rooms/{room.Id}/read", new ReadRequest(1))).Refuses(HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
    }

    [Fact]
    public async Task Whoever_left_sees_what_was_before_and_nothing_after()
    {
        var room = await _ann.CreateRoomAsync(Ct);
        await _bob.JoinAsync(room.Id, Ct);
        await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("a", "before"));
        await _two.DeleteAsync($"/api/rooms/{room.Id}/members/me");
        await _one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("b", "after"));

        foreach (var query in (string[])["", "?after=0", "?after=3", "?before=100", "?limit=200"])
        {
            var page = (await _two.GetAsync($"/api/rooms/{room.Id}/events{query}")).As<EventPage>();
            Assert.Equal(4, page.Head);
            Assert.DoesNotContain(page.Events, e => e.Seq > 4);
            Assert.Equal(4, page.Events[^1].Seq);
        }
        Assert.Empty((await _two.GetAsync($"/api/rooms/{room.Id}/events?after=4")).As<EventPage>().Events);
    }
}

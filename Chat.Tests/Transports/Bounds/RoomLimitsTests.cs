using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports.Bounds;

/// <summary>
/// The limits on rooms, people and names for one person. A limit by the hour says when to come back; a limit in all
/// does not.
/// </summary>
public sealed class RoomLimitsTests(SharedPostgres postgres)
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rooms_made_and_joined_are_counted_together_by_the_hour_and_those_that_one_is_in_are_not()
    {
        await using var server = Server(("RoomsPerHour", "3"));
        var (ann, bob) = (await Person.SignUpAsync(server.Uri, Ct, "ann"),
            await Person.SignUpAsync(server.Uri, Ct, "bob"));
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        var room = (await two.PostAsync("/api/rooms", new NewRoom("bobs", RoomKind.Public)))
            .As<Room>(HttpStatusCode.Created);
        var path = $"/api/rooms/{room.Id}/members/me";
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Created,
                (await one.PostAsync("/api/rooms", new NewRoom("x", RoomKind.Private))).Status);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await one.PutAsync(path)).Status);

        var refused = await one.PostAsync("/api/rooms", new NewRoom("x", RoomKind.Private));
        refused.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(TimeSpan.FromMinutes(20), refused.RetryAfter);
        Assert.Equal(HttpStatusCode.NoContent, (await one.DeleteAsync(path)).Status);
        (await one.PutAsync(path)).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(HttpStatusCode.Created,
            (await two.PostAsync("/api/rooms", new NewRoom("x", RoomKind.Private))).Status);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.OK, (await one.PutAsync(path)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_in_as_many_rooms_as_may_be_leaves_one_first(bool onPostgres)
    {
        await using var server = Server(("Rooms", "3"), onPostgres ? await postgres.NewDatabaseAsync(Ct) : null);
        var (ann, bob) = (await Person.SignUpAsync(server.Uri, Ct, "ann"),
            await Person.SignUpAsync(server.Uri, Ct, "bob"));
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        var open = (await two.PostAsync("/api/rooms", new NewRoom("bobs", RoomKind.Public)))
            .As<Room>(HttpStatusCode.Created);
        // Joins at the same time wait for each other near the limit.
        var made = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => one.PostAsync("/api/rooms", new NewRoom($"{i}", RoomKind.Private))));

        Assert.Equal(3, made.Count(m => m.Status == HttpStatusCode.Created));
        foreach (var refused in made.Where(m => m.Status != HttpStatusCode.Created))
            refused.Refuses(HttpStatusCode.Forbidden, ErrorCodes.QuotaExceeded);
        (await one.PutAsync($"/api/rooms/{open.Id}/members/me")).Refuses(HttpStatusCode.Forbidden,
            ErrorCodes.QuotaExceeded);
        (await one.PutAsync($"/api/direct/{bob.User.Name}")).Refuses(HttpStatusCode.Forbidden,
            ErrorCodes.QuotaExceeded);
        await using (var hub = await PlainClient.ConnectAsync(ann))
            Assert.Equal(ErrorCodes.QuotaExceeded, await hub.RefusalAsync("Join", open.Id));
        var mine = made.First(m => m.Status == HttpStatusCode.Created).As<Room>(HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.NoContent, (await one.DeleteAsync($"/api/rooms/{mine.Id}/members/me")).Status);
        Assert.Equal(HttpStatusCode.OK, (await one.PutAsync($"/api/rooms/{open.Id}/members/me")).Status);
    }

    [Fact]
    public async Task Direct_rooms_that_one_has_cost_nothing_and_new_ones_are_counted()
    {
        await using var server = Server(("DirectsPerHour", "1"));
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var others = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Person.SignUpAsync(server.Uri, Ct, "other")));
        using Api api = new(server.Uri, ann);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/direct/{others[0].User.Name}")).Status);
        (await api.PutAsync($"/api/direct/{others[1].User.Name}")).Refuses(HttpStatusCode.TooManyRequests,
            ErrorCodes.RateLimited);
    }

    [Fact]
    public async Task Who_open_direct_rooms_with_each_other_at_the_same_moment_do_not_wait_for_each_other_for_ever()
    {
        await using var server = Server(("Rooms", "20"));
        var people = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Person.SignUpAsync(server.Uri, Ct, $"person{i}")));

        var rooms = await Task.WhenAll(people.SelectMany(_ => people, OpenAsync))
            .WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(people.Length * (people.Length + 1) / 2, rooms.Distinct().Count());

        async Task<string> OpenAsync(Person one, Person other)
        {
            using var api = new Api(server.Uri, one);
            return (await api.PutAsync($"/api/direct/{other.User.Name}")).As<Room>().Id;
        }
    }

    [Fact]
    public async Task Names_cannot_be_tried_without_end_and_a_refusal_does_not_tell_who_is_there()
    {
        await using var server = Server(("NamesPerHour", "3"));
        var (ann, bob, cy) = (await Person.SignUpAsync(server.Uri, Ct, "ann"),
            await Person.SignUpAsync(server.Uri, Ct, "bob"), await Person.SignUpAsync(server.Uri, Ct, "cy"));
        var room = await ann.CreateRoomAsync(Ct);
        using Api api = new(server.Uri, ann);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/direct/{bob.User.Name}")).Status);
        (await api.PutAsync("/api/direct/nobody")).Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        (await api.PutAsync($"/api/rooms/{room.Id}/members/nobody")).Refuses(HttpStatusCode.NotFound,
            ErrorCodes.NotFound);

        foreach (var path in (string[])["/api/direct/nobody", $"/api/direct/{cy.User.Name}",
            $"/api/rooms/{room.Id}/members/nobody", $"/api/rooms/{room.Id}/members/{cy.User.Name}"])
            (await api.PutAsync(path)).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/direct/{bob.User.Name}")).Status); // known already
    }

    [Fact]
    public async Task Invitations_are_counted_by_the_hour()
    {
        await using var server = Server(("InvitationsPerHour", "1"));
        var (ann, bob, cy) = (await Person.SignUpAsync(server.Uri, Ct, "ann"),
            await Person.SignUpAsync(server.Uri, Ct, "bob"), await Person.SignUpAsync(server.Uri, Ct, "cy"));
        var room = await ann.CreateRoomAsync(Ct);
        using Api api = new(server.Uri, ann);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync($"/api/rooms/{room.Id}/members/{bob.User.Name}")).Status);
        (await api.PutAsync($"/api/rooms/{room.Id}/members/{cy.User.Name}")).Refuses(HttpStatusCode.TooManyRequests,
            ErrorCodes.RateLimited);
    }

    [Fact]
    public async Task One_person_is_invited_by_another_only_so_often_in_an_hour()
    {
        await using var server = Server(("InvitationsOfOnePerHour", "2"));
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var cy = await Person.SignUpAsync(server.Uri, Ct, "cy");
        using Api api = new(server.Uri, ann);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await InviteAsync(bob)).Status);
        (await InviteAsync(bob)).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(HttpStatusCode.OK, (await InviteAsync(cy)).Status);

        async Task<Answer> InviteAsync(Person person) =>
            await api.PutAsync($"/api/rooms/{(await ann.CreateRoomAsync(Ct)).Id}/members/{person.User.Name}");
    }

    [Fact]
    public async Task Blocking_is_counted_by_the_hour_and_what_changes_nothing_is_not()
    {
        await using var server = Server(("BlocksPerHour", "2"));
        using Api api = new(server.Uri, await Person.SignUpAsync(server.Uri, Ct, "ann"));
        var block = $"/api/account/blocked/{(await Person.SignUpAsync(server.Uri, Ct, "bob")).User.Id}";
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await api.PutAsync(block)).Status);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync(block)).Status);
        (await api.PutAsync(block)).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
    }

    [Fact]
    public async Task Others_put_a_person_into_half_of_their_rooms_and_ask_for_the_rest()
    {
        await using var server = Server(("Rooms", "4"));
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        using var anns = new Api(server.Uri, ann);
        for (var i = 0; i < 2; i++)
        {
            var (bob, room) = await InAsync();
            Assert.Contains(room.Members, m => m.Id == ann.User.Id);
            Assert.Null(room.Invited);
        }

        var (cid, third) = await InAsync();
        Assert.DoesNotContain(third.Members, m => m.Id == ann.User.Id);
        Assert.Equal([ann.User.Id], third.Invited!.Select(u => u.Id));
        using var cids = new Api(server.Uri, cid);
        Assert.Equal(RequestSide.Mine, (await cids.PutAsync($"/api/direct/{ann.User.Name}")).As<Room>().Request);
        var accepted = await anns.PutAsync($"/api/account/invitations/{third.Id}", new ConsentAnswer(true));
        Assert.Equal(HttpStatusCode.OK, accepted.Status);

        async Task<(Person By, Room Room)> InAsync()
        {
            var person = await Person.SignUpAsync(server.Uri, Ct, "other");
            using var api = new Api(server.Uri, person);
            var room = await person.CreateRoomAsync(Ct, RoomKind.Private);
            return (person, (await api.PutAsync($"/api/rooms/{room.Id}/members/{ann.User.Name}")).As<Room>());
        }
    }

    private ChatServer Server((string Key, string Value) limit, string? database = null)
    {
        var settings = new Dictionary<string, string>
        {
            [$"Chat:Limits:{limit.Key}"] = limit.Value, ["Chat:Accounts:AccessTokenLifetime"] = "1.00:00:00",
        };
        if (database is not null)
            settings["ConnectionStrings:Chat"] = database;
        return new ChatServer(settings, _time);
    }
}

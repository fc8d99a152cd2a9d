using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>
/// Every event that a call stores counts against the rate of sending, and the notices to others have a pace.
/// </summary>
public sealed class StoredRateTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;
    private Person _ann = null!, _bob = null!;
    private Room _room = null!;

    public StoredRateTests() => _server = new ChatServer(
        new Dictionary<string, string>
        {
            ["Chat:Limits:SendRate"] = "2", ["Chat:Limits:SendBurst"] = "10",
            ["Chat:Limits:RoomChangesPerMinute"] = "15", ["Chat:Rooms:Consent"] = "true",
        }, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        _bob = await Person.SignUpAsync(_server.Uri, Ct, "bob");
        _room = await _ann.CreateRoomAsync(Ct);
        await _bob.JoinAsync(_room.Id, Ct);
        _time.Advance(TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("rename")]
    [InlineData("come and go")]
    [InlineData("invite and remove")]
    [InlineData("create")]
    [InlineData("write to somebody")]
    [InlineData("block and unblock")]
    [InlineData("unblock nobody")]
    [InlineData("refuse and show")]
    [InlineData("accept again")]
    [InlineData("decline")]
    public async Task Whatever_is_stored_counts_against_the_send_rate(string act)
    {
        using var api = new Api(_server.Uri, _ann);
        using var other = new Api(_server.Uri, _bob);
        var room = act == "come and go" ? (await _bob.CreateRoomAsync(Ct)).Id : _room.Id;

        // Each call needs a new person, because an existing direct room costs nothing.
        var people = new List<Person>();
        for (var i = 0; act == "write to somebody" && i < 6; i++)
            people.Add(await Person.SignUpAsync(_server.Uri, Ct));
        var (strangers, direct) = act is "refuse and show" or "accept again" ? await AskedAsync() : (null, "");
        var invitations = act == "decline" ? await InvitedAsync(11) : [];
        _time.Advance(TimeSpan.FromMinutes(1));

        var done = 0;
        Answer answer;
        do
        {
            answer = (act, done % 2) switch
            {
                ("rename", _) =>
                    await api.SendAsync(HttpMethod.Patch, $"/api/rooms/{room}", new RoomChange($"name {done}")),
                ("come and go", 0) => await api.PutAsync($"/api/rooms/{room}/members/me"),
                ("come and go", _) => await api.DeleteAsync($"/api/rooms/{room}/members/me"),
                ("invite and remove", 1) => await api.PutAsync($"/api/rooms/{room}/members/{_bob.User.Name}"),
                ("invite and remove", _) => await api.DeleteAsync($"/api/rooms/{room}/members/{_bob.User.Name}"),
                ("block and unblock", 0) => await api.PutAsync($"/api/account/blocked/{_bob.User.Id}"),
                ("block and unblock" or "unblock nobody", _) =>
                    await api.DeleteAsync($"/api/account/blocked/{_bob.User.Id}"),
                ("refuse and show", 0) => await api.PutAsync($"/api/rooms/{direct}/request", new ConsentAnswer(false)),
                ("refuse and show", _) => await api.PutAsync($"/api/direct/{strangers!.User.Name}"),
                ("accept again", _) => await api.PutAsync($"/api/rooms/{direct}/request", new ConsentAnswer(true)),
                ("decline", _) =>
                    await api.PutAsync($"/api/account/invitations/{invitations[done]}", new ConsentAnswer(false)),
                ("create", _) => await api.PostAsync("/api/rooms", new NewRoom("one more", RoomKind.Private)),
                _ => await api.PutAsync($"/api/direct/{people[done].User.Name}"),
            };
        }
        while ((int)answer.Status < 300 && ++done <= 10);

        answer.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(act == "write to somebody" ? 5 : 10, done); // a direct room stores two joins
        var sent = await api.PostAsync($"/api/rooms/{_room.Id}/messages", new NewMessage("m", "x"));
        sent.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/rooms")).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Created,
            (await api.PostAsync($"/api/rooms/{_room.Id}/messages", new NewMessage("m", "x"))).Status);
    }

    /// <summary>A stranger, and the direct room that they ask Ann for.</summary>
    private async Task<(Person Stranger, string RoomId)> AskedAsync()
    {
        var stranger = await Person.SignUpAsync(_server.Uri, Ct);
        using var api = new Api(_server.Uri, stranger);
        return (stranger, (await api.PutAsync($"/api/direct/{_ann.User.Name}")).As<Room>().Id);
    }

    /// <summary>The rooms of so many invitations of Ann, a stranger's each.</summary>
    private async Task<List<string>> InvitedAsync(int invitations)
    {
        var rooms = new List<string>();
        for (var i = 0; i < invitations; i++)
        {
            var stranger = await Person.SignUpAsync(_server.Uri, Ct);
            using var api = new Api(_server.Uri, stranger);
            rooms.Add((await stranger.CreateRoomAsync(Ct, RoomKind.Private)).Id);
            var invited = await api.PutAsync($"/api/rooms/{rooms[^1]}/members/{_ann.User.Name}");
            Assert.Equal(HttpStatusCode.OK, invited.Status);
        }
        return rooms;
    }

    [Fact]
    public async Task One_room_is_renamed_only_so_often()
    {
        using var api = new Api(_server.Uri, _ann);
        var done = 0;
        Answer answer;
        while ((int)(answer = await api.SendAsync(HttpMethod.Patch, $"/api/rooms/{_room.Id}", new RoomChange($"name {done}"))).Status < 300)
        {
            Assert.True(++done <= 20, "it ends");
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        answer.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.InRange(done, 15, 18); // fifteen at once, and those that came while time passed
        Assert.Equal(HttpStatusCode.Created,
            (await api.PostAsync($"/api/rooms/{_room.Id}/messages", new NewMessage("m", "x"))).Status);
    }

    [Fact]
    public async Task A_long_message_counts_as_several()
    {
        using var api = new Api(_server.Uri, _ann);
        Assert.Equal(HttpStatusCode.Created, (await Send("a", new string('x', 16_384))).Status); // five
        // Spelled with 12 KB: four.
        Assert.Equal(HttpStatusCode.Created, (await Send("b", $"a{new string('\u0001', 2_048)}a")).Status);

        Assert.Equal(HttpStatusCode.Created, (await Send("c", "x")).Status);
        (await Send("d", "x")).Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);

        Task<Answer> Send(string id, string body) =>
            api.PostAsync($"/api/rooms/{_room.Id}/messages", new NewMessage(id, body));
    }

    [Fact]
    public async Task Typing_is_told_once_in_two_seconds_however_often_and_by_how_many_connections_it_is_said()
    {
        await using var reader = await PlainClient.SyncedAsync(_bob);
        await using var one = await PlainClient.SyncedAsync(_ann);
        await using var two = await PlainClient.SyncedAsync(_ann);
        for (var i = 0; i < 30; i++)
        {
            await one.Hub.InvokeAsync("Typing", _room.Id, Ct);
            await two.Hub.InvokeAsync("Typing", _room.Id, Ct);
        }
        await reader.HearsAsync("Typing");

        _time.Advance(TimeSpan.FromSeconds(2));
        await two.Hub.InvokeAsync("Typing", _room.Id, Ct);

        await Eventually.TrueAsync(() => reader.Heard.Count(s => s.Name == "Typing") > 1, TimeSpan.FromSeconds(10), Ct);
        Assert.Equal(2, reader.Heard.Count(s => s.Name == "Typing"));
    }

    [Fact]
    public async Task A_read_marker_that_does_not_move_is_told_to_nobody()
    {
        await using var reader = await PlainClient.SyncedAsync(_bob);
        await using var marking = await PlainClient.SyncedAsync(_ann);
        await reader.SayAsync(_room.Id);
        for (var i = 0; i < 20; i++)
            await marking.Hub.InvokeAsync("MarkRead", _room.Id, i % 2 + 1, Ct); // Ann has read up to 1, her own join
        await reader.HearsAsync("ReadMarker");

        _time.Advance(TimeSpan.FromSeconds(10));
        await marking.Hub.InvokeAsync("MarkRead", _room.Id, 3, Ct);

        await reader.HearsAsync("ReadMarker", v => (long)v[2] == 3);
        Assert.Equal([2L, 3L], reader.Heard.Where(s => s.Name == "ReadMarker").Select(s => (long)s.Values[2]));
    }
}

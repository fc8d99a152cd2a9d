using System.Net;
using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Chat.Tests.Relay;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>
/// A client pays for what it makes the database read, and nothing is read that the answer does not need.
/// </summary>
public sealed class ReadCostTests : IAsyncLifetime
{
    private const int Burst = 5;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;
    private ScriptedLog _log = null!;
    private Person _ann = null!;
    private Person _bob = null!;
    private string _room = "";

    public ReadCostTests() => _server = new ChatServer(
        new Dictionary<string, string>
        {
            ["Chat:Limits:ReadRate"] = "2",
            ["Chat:Limits:ReadBurst"] = $"{Burst}",
            ["Chat:Limits:Rooms"] = "20",
            ["Chat:Accounts:AccessTokenLifetime"] = "1.00:00:00",
        },
        _time,
        services =>
        {
            var log = services.Last(s => s.ServiceType == typeof(IRoomLog)).ImplementationFactory!;
            services.AddSingleton<IRoomLog>(provider => _log = new ScriptedLog((IRoomLog)log(provider)));
        });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        _bob = await Person.SignUpAsync(_server.Uri, Ct, "bob");
        _room = (await _ann.CreateRoomAsync(Ct)).Id;
        using var api = new Api(_server.Uri, _ann);
        (await api.PutAsync($"/api/direct/{_bob.User.Name}")).As<Room>();
        Rest();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("join")]
    [InlineData("direct")]
    [InlineData("rename")]
    [InlineData("feed")]
    public async Task Every_call_that_answers_with_a_room_or_opens_a_feed_is_paid_for(string call)
    {
        using var api = new Api(_server.Uri, _ann);
        for (var i = 0; i < (call == "feed" ? Burst / 2 : Burst); i++)
        {
            var answer = await (call switch
            {
                "join" => api.PutAsync($"/api/rooms/{_room}/members/me"),
                "direct" => api.PutAsync($"/api/direct/{_bob.User.Name}"),
                "rename" => api.SendAsync(HttpMethod.Patch, $"/api/rooms/{_room}", new RoomChange($"name {i}")),
                _ => api.SendAsync(HttpMethod.Head, $"/api/rooms/{_room}/events/stream"),
            });
            Assert.Equal(HttpStatusCode.OK, answer.Status);
        }
        if (call == "feed")
            await Budget.TakeAsync(_ann.User.Id, () => Task.FromResult(1), n => n, Ct);

        Assert.True(IsUsedUp(), "the next read waits");
    }

    [Fact]
    public async Task Cursors_of_rooms_that_are_not_mine_are_not_looked_up()
    {
        await using var client = await PlainClient.ConnectAsync(_ann);
        var cursors = Enumerable.Range(0, 19).Select(n => $"room{n}").Append(_room).ToDictionary(id => id, _ => 1L);
        var generations = cursors.ToDictionary(c => c.Key, _ => "another");

        var answer = await client.Hub.InvokeAsync<SyncAnswer>("Sync", new SyncRequest(cursors, generations), Ct);

        Assert.Equal([_room], answer.Reset);
        Assert.Equal(1, _log.GenerationsAsked);
    }

    [Fact]
    public async Task More_cursors_than_a_person_may_have_rooms_are_refused()
    {
        await using var client = await PlainClient.ConnectAsync(_ann);
        var cursors = Enumerable.Range(0, 21).ToDictionary(n => $"room{n}", _ => 1L);
        Assert.Equal(ErrorCodes.TooLarge, await client.RefusalAsync("Sync", new SyncRequest(cursors)));
        Assert.Equal(0, _log.GenerationsAsked);
    }

    [Fact]
    public async Task Delivery_goes_on_while_a_sync_waits_until_earlier_reads_are_paid_for()
    {
        var soon = TimeSpan.FromSeconds(10);
        await using var client = await PlainClient.SyncedAsync(_ann);
        await Budget.TakeAsync(_ann.User.Id, () => Task.FromResult(2 * Burst), n => n, Ct);
        var sync = client.SyncAsync();
        var answers = _server.Services.GetRequiredService<UnreadAnswers>();
        await Eventually.TrueAsync(() => answers.Count(_ann.User.Id) == 1, soon, Ct, "the call has come");

        await _ann.SayAsync(_room, "text", Ct);
        await client.HearsAsync("Event");

        Assert.False(sync.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains((await sync.WaitAsync(soon, Ct)).Rooms, r => r.Id == _room);
    }

    [Theory]
    [InlineData(0, 2, 200, 1)]
    [InlineData(2, null, 200, 4)]
    [InlineData(2, 99, 3, 3)]
    [InlineData(3, 4, 200, null)]
    [InlineData(3, 2, 200, null)]
    [InlineData(6, null, 200, null)]
    [InlineData(60, null, 200, null)]
    [InlineData(null, 1, 200, null)]
    public async Task A_page_reads_no_more_than_it_shows(int? after, int? before, int limit, int? read)
    {
        for (var i = 0; i < 5; i++)
            await _ann.SayAsync(_room, "text", Ct); // 2 to 6
        await using var client = await PlainClient.ConnectAsync(_ann);
        _log.Pages.Clear();

        var page = await client.Hub.InvokeAsync<EventPage>("History", _room, new PageRequest(before, after, limit), Ct);

        Assert.Equal(6, page.Head);
        Assert.Equal(
            read is { } count ? Enumerable.Range(after!.Value + 1, count).Select(n => (long)n) : [],
            page.Events.Select(e => e.Seq));
        Assert.Equal(read is null ? [] : [read.Value], _log.Pages.Select(p => p.Limit));
    }

    [Fact]
    public void A_page_costs_what_it_weighs_on_the_wire()
    {
        Assert.True(ReadBudget.CostOf(Page('\u0001')) >= ReadBudget.CostOf(Page('x')) + 4);

        static EventPage Page(char c) => new([.. Enumerable.Range(1, 6).Select(n => new ChatEvent
        {
            RoomId = "room",
            Seq = n,
            Id = $"{n}",
            Type = EventTypes.Message,
            Sender = new UserRef("ann", "Ann"),
            At = default,
            Body = new string(c, 16_000),
        })], 6);
    }

    private ReadBudget Budget => _server.Services.GetRequiredService<ReadBudget>();

    /// <summary>Whether the next read of Ann's has to wait for the clock.</summary>
    private bool IsUsedUp() => !Budget.TakeAsync(_ann.User.Id, () => Task.FromResult(1), n => n, Ct).IsCompleted;

    private void Rest() => _time.Advance(TimeSpan.FromMinutes(1));
}

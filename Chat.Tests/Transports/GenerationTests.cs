using System.Collections.Immutable;
using System.Net;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Data.Sqlite;

namespace Chat.Tests.Transports;

/// <summary>The server tells a client whose cursor does not fit the log, and the client starts over.</summary>
public sealed class GenerationTests : IAsyncLifetime
{
    private readonly ChatServer _server = new();
    private Person _ann = null!;
    private string _room = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(_server.Uri, Ct);
        _room = (await _ann.CreateRoomAsync(Ct)).Id;
        for (var i = 0; i < 4; i++)
            await _ann.SayAsync(_room, $"first {i}", Ct);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Events_carry_the_generation_of_the_store_and_a_cursor_that_fits_goes_on()
    {
        var events = await _ann.ReadLogAsync(_room, Ct);
        var generation = Assert.Single(events.Select(e => e.Generation).Distinct());
        Assert.NotNull(generation);

        await using var client = await PlainClient.ConnectAsync(_ann);
        Assert.Null((await SyncAsync(client, 3, generation)).Reset);
        await client.HearsNumbersAsync(_room, 4, 5);
    }

    [Theory]
    [InlineData(5, "another", true)]
    [InlineData(9, null, true)]
    [InlineData(5, null, false)]
    public async Task One_that_does_not_fit_is_reset_and_the_room_starts_at_its_head(long cursor,
        string? generation, bool reset)
    {
        await using var client = await PlainClient.ConnectAsync(_ann);
        var answer = await SyncAsync(client, cursor, generation);
        Assert.Equal(reset ? [_room] : null, answer.Reset);
        await _ann.SayAsync(_room, "next", Ct);
        await client.HearsNumbersAsync(_room, 6);
    }

    [Fact]
    public async Task What_an_older_node_has_written_fits_whatever_a_client_says()
    {
        Change("UPDATE Events SET Generation = NULL");
        await using var client = await PlainClient.ConnectAsync(_ann);
        Assert.Null((await SyncAsync(client, 4, "another")).Reset);
        await client.HearsNumbersAsync(_room, 5);
    }

    [Theory]
    [InlineData("events", "5", "another")]
    [InlineData("events", "9", "any")]
    [InlineData("events/stream", "5", "another")]
    [InlineData("events/frame", "5", "another&callback=x")]
    public async Task Plain_feeds_answer_with_a_conflict(string feed, string after, string generation)
    {
        using var api = new Api(_server.Uri, _ann);
        (await api.GetAsync($"/api/rooms/{_room}/{feed}?after={after}&generation={generation}"))
            .Refuses(HttpStatusCode.Conflict, ErrorCodes.Reset);
        var mine = (await _ann.ReadLogAsync(_room, Ct))[2].Generation!;
        Assert.Equal([4, 5], (await api.GetAsync($"/api/rooms/{_room}/events?after=3&generation={mine}"))
            .As<EventPage>().Events.Select(e => e.Seq));
    }

    [Theory]
    [InlineData(9, HttpStatusCode.Conflict)]
    [InlineData(4, HttpStatusCode.OK)]
    public async Task The_number_with_which_an_EventSource_comes_back_has_to_be_there(long last, HttpStatusCode status)
    {
        // Its address is still the one of its first request: the generation there is that of an older event.
        var query = $"after=1&generation={await GenerationAsync()}";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/rooms/{_room}/events/stream?{query}");
        request.Headers.Add("Last-Event-ID", $"{last}");
        Change("UPDATE Events SET Generation = 'later' WHERE Seq > 1");
        using var http = _ann.Http();
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_person_who_was_removed_learns_nothing_of_how_much_is_said_since()
    {
        var bob = await Person.SignUpAsync(_server.Uri, Ct);
        using Api anns = new(_server.Uri, _ann), bobs = new(_server.Uri, bob);
        (await anns.PutAsync($"/api/rooms/{_room}/members/{bob.User.Name}")).As<Room>();
        await anns.DeleteAsync($"/api/rooms/{_room}/members/{bob.User.Name}");
        await _ann.SayAsync(_room, "behind his back", Ct); // 8
        var generation = await GenerationAsync();
        foreach (var feed in (string[])["events", "events/stream"])
        {
            foreach (var after in (long[])[7, 8, 9, 60])
            {
                var answer = await bobs.GetAsync($"/api/rooms/{_room}/{feed}?after={after}&generation={generation}");
                Assert.True(answer.Status < HttpStatusCode.BadRequest, $"{feed} {after}: {answer.Status}");
            }
            (await bobs.GetAsync($"/api/rooms/{_room}/{feed}?after=60&generation=another"))
                .Refuses(HttpStatusCode.Conflict, ErrorCodes.Reset);
        }
        // A member whose log has lost a tail has to be told, also where nothing started anew.
        (await anns.GetAsync($"/api/rooms/{_room}/events?after=9&generation={generation}"))
            .Refuses(HttpStatusCode.Conflict, ErrorCodes.Reset);
    }

    [Fact]
    public async Task The_client_library_forgets_what_was_lost_and_goes_on_with_what_comes()
    {
        await using var chat = new ChatConnection(new ChatOptions
        {
            Server = _server.Uri,
            AccessToken = _ => ValueTask.FromResult<string?>(_ann.Token),
            Cursors = ImmutableDictionary<string, long>.Empty.Add(_room, 0),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        });
        await chat.StartAsync(Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        stop.CancelAfter(TimeSpan.FromSeconds(60));
        await using var events = chat.Events(stop.Token).GetAsyncEnumerator(stop.Token);
        await using var signals = chat.Signals(stop.Token).GetAsyncEnumerator(stop.Token);
        for (var n = 1; n <= 5; n++)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(n, events.Current.Seq);
        }

        // Loses events 4 and 5 and gives their numbers to other events, in another life of the store.
        Change("DELETE FROM Events WHERE Seq > 3; UPDATE Rooms SET Head = 3");
        Change("UPDATE Events SET Generation = 'before' WHERE Seq <= 3");
        await _ann.SayAsync(_room, "second 4", Ct);
        Change("UPDATE Events SET Generation = 'after' WHERE Seq > 3");
        while (await signals.MoveNextAsync() && signals.Current is not RoomResetSignal)
        {
        }
        await _ann.SayAsync(_room, "second 5", Ct);

        do
            Assert.True(await events.MoveNextAsync());
        while (events.Current.Body == "second 4"); // it comes if the client was back before it
        Assert.Equal((5L, "second 5"), (events.Current.Seq, events.Current.Body));
    }

    [Fact]
    public async Task A_program_that_stored_its_place_notices_that_the_database_went_back_however_far_the_log_has_grown_since()
    {
        var options = _ann.Options() with { Cursors = ImmutableDictionary<string, long>.Empty.Add(_room, 0) };
        await using (var first = new ChatConnection(options))
        {
            await first.StartAsync(Ct);
            await foreach (var e in first.Events(Ct))
            {
                if (e.Seq == 5)
                    break;
            }
            options = options with
            {
                Cursors = first.Cursors.ToImmutableDictionary(),
                Generations = first.Generations.ToImmutableDictionary(),
            };
        }
        Assert.Equal((5L, true), (options.Cursors[_room], options.Generations.ContainsKey(_room)));

        // While the program is away, the end is lost, and the numbers grow past its place.
        Change("DELETE FROM Events WHERE Seq > 3; UPDATE Rooms SET Head = 3");
        for (var i = 4; i <= 8; i++)
            await _ann.SayAsync(_room, $"second {i}", Ct);
        Change("UPDATE Events SET Generation = 'after' WHERE Seq > 3");

        await using var chat = new ChatConnection(options);
        var reset = FirstAsync<RoomResetSignal>(chat.Signals(Ct));
        await chat.StartAsync(Ct);
        Assert.Equal(_room, (await reset.WaitAsync(TimeSpan.FromSeconds(30), Ct)).RoomId);
    }

    private static async Task<T> FirstAsync<T>(IAsyncEnumerable<ChatSignal> signals)
    {
        await foreach (var signal in signals)
        {
            if (signal is T wanted)
                return wanted;
        }
        throw new InvalidOperationException("The connection has ended.");
    }

    private Task<SyncAnswer> SyncAsync(PlainClient client, long cursor, string? generation) => client.Hub.InvokeAsync<SyncAnswer>("Sync", new SyncRequest(
        new Dictionary<string, long> { [_room] = cursor },
        generation is null ? new Dictionary<string, string>()
            : new Dictionary<string, string> { [_room] = generation }), Ct);

    private async Task<string> GenerationAsync() => (await _ann.ReadLogAsync(_room, Ct))[0].Generation!;

    private void Change(string sql)
    {
        using var database = new SqliteConnection($"Data Source={_server.Data.File("chat.db")};Pooling=False");
        database.Open();
        using var change = new SqliteCommand(sql, database);
        change.ExecuteNonQuery();
    }
}

using System.Collections.Immutable;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Chat.Tests.Client;

/// <summary>Whatever a connection drops, repeats or reorders, the reader gets each number once and in order.</summary>
public sealed class RepairTests
{
    [Fact]
    public async Task A_dropped_event_is_fetched_when_the_next_one_shows_the_hole() => await SurvivesAsync(tampering =>
    {
        var dropped = false;
        tampering.Tamper = e => e.Seq == 5 && !dropped ? Lose(() => dropped = true) : [e];
    });

    [Fact]
    public async Task Repeated_events_are_handed_over_once() => await SurvivesAsync(tampering => tampering.Tamper = e => [e, e, e]);

    [Fact]
    public async Task Reordered_events_are_put_right() => await SurvivesAsync(tampering =>
    {
        ChatEvent? held = null;
        var reorder = true;
        tampering.Tamper = e =>
        {
            if (reorder && e.Seq == 4)
                return Lose(() => held = e);
            if (reorder && e.Seq == 6)
                return [e, held!, .. Lose(() => reorder = false)];
            return [e];
        };
    });

    [Fact]
    public async Task One_in_ten_dropped_for_ever_still_arrives() => await SurvivesAsync(
        tampering =>
        {
            // By chance, not by count: what is sent again has its own count, and may be hit in the same place for ever.
            var chance = new Random(Seed.Choose());
            tampering.Tamper = e =>
            {
                lock (chance)
                    return chance.Next(10) == 0 ? [] : [e];
            };
        },
        events: 100);

    [Fact]
    public async Task A_lost_last_event_is_found_by_the_checkpoint_every_time()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);
        for (var last = 2; last <= 6; last += 2)
        {
            var lost = new TaskCompletionSource();
            server.Tamper = e => e.Seq == last && lost.TrySetResult() ? [] : [e];

            server.Append("r", "one");
            server.Append("r", "two, lost");
            await lost.Task.WaitAsync(Expect.Soon);
            await server.Sessions.Values.Single().CheckpointAsync();

            Assert.Equal([last - 1L, last], (await chat.TakeAsync(2)).Numbers());
        }

        Assert.Equal(4, server.Syncs.Count);
    }

    [Fact]
    public async Task A_true_checkpoint_asks_for_nothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);
        for (var i = 0; i < 200; i++)
        {
            server.Append("r", "x");
            // Between the events, so that a count that is off by what waits in some queue would show.
            if (i % 20 == 0)
                await server.Sessions.Values.Single().CheckpointAsync();
        }

        await chat.TakeAsync(200);
        await server.Sessions.Values.Single().CheckpointAsync();
        var answered = await chat.SendAsync("r", "after the checkpoint", ct: Expect.Soon);
        await chat.TakeAsync(1);

        Assert.Equal(201, answered.Seq);
        Assert.Single(server.Syncs);
    }

    [Fact]
    public async Task Skipped_numbers_are_paged_before_later_events()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 950);
        server.SkipBeyond = 300;
        await using var chat = new ChatConnection(server.Options() with { Cursors = Cursors(("r", 100)) });
        await chat.StartAsync(Expect.Soon);
        server.Append("r", "live");

        var events = await chat.TakeAsync(851);

        Assert.Equal(Numbers(101, 951), events.Numbers());
        Assert.Equal(951, chat.Cursors["r"]);
    }

    [Fact]
    public async Task A_reader_that_stops_in_a_skipped_range_goes_on_where_it_stopped()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 500);
        server.SkipBeyond = 10;
        await using var chat = new ChatConnection(server.Options() with { Cursors = Cursors(("r", 0)) });
        await chat.StartAsync(Expect.Soon);

        var first = await chat.TakeAsync(137);
        var cursor = chat.Cursors["r"];
        var rest = await chat.TakeAsync(363);

        Assert.Equal(137, cursor);
        Assert.Equal(Numbers(1, 500), first.Concat(rest).Numbers());
    }

    [Fact]
    public async Task A_first_connection_begins_at_the_head_and_a_later_one_at_its_cursor()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 10);
        await using (var first = new ChatConnection(server.Options()))
        {
            await first.StartAsync(Expect.Soon);
            Assert.Equal(10, first.Cursors["r"]);
        }

        await using var later = new ChatConnection(server.Options() with { Cursors = Cursors(("r", 7)) });
        await later.StartAsync(Expect.Soon);

        Assert.Equal([8L, 9L, 10L], (await later.TakeAsync(3)).Numbers());
    }

    [Fact]
    public async Task A_room_whose_head_is_below_my_cursor_starts_over_also_where_the_server_says_nothing_of_it()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 5);
        await using var chat = new ChatConnection(server.Options() with { Cursors = Cursors(("r", 9)) });
        await chat.StartAsync(Expect.Soon);

        Assert.Equal(5, chat.Cursors["r"]);
        server.Append("r", "next");
        server.Append("r", "one more");
        Assert.Equal(Numbers(6, 7), (await chat.TakeAsync(2)).Numbers());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("consent", false)]
    [InlineData("generations", true)]
    public async Task Stored_generations_are_said_only_to_a_server_that_lists_them(string? feature, bool said)
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 5);
        server.Intercept = async context =>
        {
            if (feature is null || context.Request.Path != ServerInfo.Path)
                return false;
            await context.Response.WriteAsync(
                $$"""{"name":"x","version":"1","features":["{{feature}}"],"limits":{},"registration":"open","guests":true,"providers":[]}""");
            return true;
        };
        await using var chat = new ChatConnection(server.Options() with
        {
            Cursors = Cursors(("r", 4)),
            Generations = ImmutableDictionary<string, string>.Empty.Add("r", "first"),
        });
        Assert.Equal("first", chat.Generations["r"]);
        await chat.StartAsync(Expect.Soon);

        Assert.Equal(said ? "first" : null, Assert.Single(server.Generations)?["r"]);
        await chat.TakeAsync(1);
        Assert.Empty(chat.Generations); // of event 5 nothing is known
    }

    [Fact]
    public async Task A_proxy_that_passes_the_hub_alone_keeps_no_client_with_generations_out()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 5);
        server.Intercept = context =>
        {
            if (context.Request.Path != ServerInfo.Path)
                return Task.FromResult(false);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.FromResult(true);
        };
        await using var chat = new ChatConnection(server.Options() with
        {
            Cursors = Cursors(("r", 4)),
            Generations = ImmutableDictionary<string, string>.Empty.Add("r", "first"),
        });

        await chat.StartAsync(Expect.Soon);

        Assert.Null(Assert.Single(server.Generations));
        Assert.Equal([5L], (await chat.TakeAsync(1)).Numbers());
    }

    [Fact]
    public async Task Nothing_since_I_was_added_while_away_is_missed()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("old");
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);

        await server.CloseAsync();
        server.AddRoom("new", events: 8, joined: 5);
        await server.OpenAsync();

        Assert.Equal([5L, 6L, 7L, 8L], (await chat.TakeAsync(4)).Numbers());
    }

    [Fact]
    public async Task Nothing_up_to_my_removal_while_away_is_missed()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);

        await server.CloseAsync();
        server.Append("r", "one");
        server.Append("r", "removed");
        server.Rooms["r"].Mine = false;
        await server.OpenAsync();

        Assert.Equal([1L, 2L], (await chat.TakeAsync(2)).Numbers());
        await chat.StatusAsync(s => s.State == ConnectionState.Connected);
        Assert.Empty(chat.Rooms);
    }

    private static async Task SurvivesAsync(Action<FakeServer> tamper, int events = 12)
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        server.AddRoom("s");
        tamper(server);
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);
        for (var i = 0; i < events; i++)
        {
            server.Append("r", "x");
            server.Append("s", "x");
        }

        var all = new List<ChatEvent>();
        // The last one may be the lost one; the checkpoint of a server comes by itself.
        using var checkpoints = new Timer(_ => server.Sessions.Values.ToList().ForEach(s => _ = s.CheckpointAsync()), null, 100, 100);
        all.AddRange(await chat.TakeAsync(2 * events));

        Assert.Equal(Numbers(1, events), all.Where(e => e.RoomId == "r").Numbers());
        Assert.Equal(Numbers(1, events), all.Where(e => e.RoomId == "s").Numbers());
    }

    private static IReadOnlyList<ChatEvent> Lose(Action note)
    {
        note();
        return [];
    }

    private static IEnumerable<long> Numbers(int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => (long)n);

    private static ImmutableDictionary<string, long> Cursors(params (string Room, long Seq)[] cursors) =>
        ImmutableDictionary.CreateRange(cursors.Select(c => KeyValuePair.Create(c.Room, c.Seq)));
}

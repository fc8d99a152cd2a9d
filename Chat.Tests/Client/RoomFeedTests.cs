using Chat.Client;
using Chat.Client.Syncing;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat.Tests.Client;

public sealed class RoomFeedTests
{
    [Fact]
    public async Task Any_delivery_with_repairs_comes_out_complete_and_in_order() =>
        await Gen.Select(Gen.Int[0, 99].Array[0, 400], Gen.Int[1, 30]).SampleAsync(async (wire, capacity) =>
        {
            const int events = 40;
            var feed = Feed(capacity);
            feed.Synced(Answer(Room("r", head: 0)));
            // Whatever comes: old, new, far ahead, a skipped range.
            foreach (var n in wire)
            {
                if (n < 90)
                    feed.Accept(Event("r", 1 + (n % events)));
                else
                    feed.Skip("r", 1 + (n - 90), 3 + (n - 90));
            }

            // And then what a Sync brings.
            for (var n = feed.Accepted()["r"] + 1; n <= events; n++)
                Assert.True(feed.Accept(Event("r", n)));

            var all = await ReadAsync(feed, events, events);
            Assert.Equal(Enumerable.Range(1, events).Select(n => (long)n), all.Numbers());
        }, iter: 200, threads: 1);

    [Fact]
    public void A_hole_is_not_accepted_and_what_is_old_is_not_taken_twice()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 4)));

        Assert.False(feed.Accept(Event("r", 6)));
        Assert.True(feed.Accept(Event("r", 4)));
        Assert.True(feed.Accept(Event("r", 5)));
        Assert.False(feed.Skip("r", 7, 9));
        Assert.False(feed.Accept(Event("unknown", 1)));
        Assert.Equal(5, feed.Accepted()["r"]);
    }

    [Fact]
    public void What_comes_once_more_after_a_reconnect_is_not_unread_twice()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 4)));
        feed.Synced(Answer(Room("r", head: 6) with { Unread = 2 }));

        Assert.True(feed.Accept(Event("r", 5)));
        Assert.True(feed.Accept(Event("r", 6)));
        Assert.Equal(2, feed.Rooms["r"].Unread);
        Assert.True(feed.Accept(Event("r", 7)));
        Assert.Equal(3, feed.Rooms["r"].Unread);
    }

    [Fact]
    public async Task Who_is_removed_and_invited_again_before_the_rest_was_read_gets_every_event_once()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 0)));
        Assert.True(feed.Accept(Event("r", 1)));
        feed.Synced(Answer());
        feed.RoomUpdated(Room("r", head: 8) with { Joined = 8 });
        Assert.True(feed.Accept(Event("r", 8)));

        // The log now shows all of it, also what came after the leave.
        var all = await ReadAsync(feed, 8, 8);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], all.Numbers());
    }

    [Fact]
    public async Task A_reader_that_does_not_read_costs_bounded_memory_and_loses_nothing()
    {
        var feed = Feed(capacity: 100);
        feed.Synced(Answer(Room("r", head: 0), Room("s", head: 0)));
        for (var n = 1; n <= 50_000; n++)
        {
            Assert.True(feed.Accept(Event("r", n)));
            Assert.True(feed.Accept(Event("s", n)));
        }

        // The events that fit, and for each room one range of those that did not.
        Assert.InRange(feed.Waiting, 100, 102);
        var all = await ReadAsync(feed, 100_000, 50_000);
        Assert.Equal(Enumerable.Range(1, 50_000).Select(n => (long)n), all.Where(e => e.RoomId == "s").Numbers());
        Assert.Equal(Enumerable.Range(1, 50_000).Select(n => (long)n), all.Where(e => e.RoomId == "r").Numbers());
        Assert.Equal(50_000, feed.Handed["r"]);
    }

    [Fact]
    public async Task What_is_not_visible_is_passed_over()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 0)));
        feed.Skip("r", 1, 10);
        feed.Accept(Event("r", 11));

        var all = new List<ChatEvent>();
        await foreach (var e in feed.ReadAsync((_, page, _) => Task.FromResult(Page("r", page, 10, n => n is 3 or 4)), Expect.Soon))
        {
            all.Add(e);
            if (e.Seq == 11)
                break;
        }

        Assert.Equal([3L, 4L, 11L], all.Numbers());
    }

    [Fact]
    public async Task A_room_that_refuses_its_history_does_not_stop_the_others()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 0), Room("s", head: 0)));
        feed.Skip("r", 1, 10);
        feed.Accept(Event("s", 1));

        await foreach (var e in feed.ReadAsync((_, _, _) => throw new ChatException(ErrorCodes.NotFound, "No such room."), Expect.Soon))
        {
            Assert.Equal("s", e.RoomId);
            break;
        }
    }

    [Fact]
    public async Task Leaving_and_coming_back_moves_the_cursor_when_the_reader_gets_there()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 0)));
        feed.Accept(Event("r", 1));
        feed.RoomRemoved("r");
        feed.RoomUpdated(Room("r", head: 9) with { Joined = 9 });
        feed.Accept(Event("r", 9));
        Assert.Equal(0, feed.Handed["r"]);

        var all = await ReadAsync(feed, 2, 9);

        Assert.Equal([1L, 9L], all.Numbers());
        Assert.Equal(9, feed.Handed["r"]);
    }

    [Fact]
    public void Rooms_follow_the_events()
    {
        var feed = Feed();
        feed.Synced(Answer(Room("r", head: 0) with { Members = [FakeServer.Other] }));
        feed.Accept(Event("r", 1));
        feed.Accept(Event("r", 2) with { Sender = new UserRef(FakeServer.Me.Id, "me") });
        feed.Accept(Event("r", 3) with { Type = EventTypes.Join, Sender = new UserRef("new", "new") });
        feed.Accept(Event("r", 4) with { Type = EventTypes.Room, Room = new RoomChange("named", null) });
        feed.Accept(Event("r", 5) with { Type = EventTypes.Leave });

        var room = feed.Rooms["r"];
        Assert.Equal((5L, 1, "named"), (room.Head, room.Unread, room.Name));
        Assert.Equal(["new"], room.Members.Select(m => m.Name));

        feed.ReadMarker("r", FakeServer.Me.Id, 5);
        Assert.Equal((5L, 0), (feed.Rooms["r"].ReadUpTo, feed.Rooms["r"].Unread));
    }

    [Fact]
    public async Task A_second_reader_at_the_same_time_is_refused()
    {
        var feed = Feed();
        await using var first = feed.ReadAsync((_, _, _) => throw new NotSupportedException(), Expect.Soon).GetAsyncEnumerator(Expect.Soon);
        var waiting = first.MoveNextAsync();
        await using var second = feed.ReadAsync((_, _, _) => throw new NotSupportedException(), Expect.Soon).GetAsyncEnumerator(Expect.Soon);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());

        feed.Complete();
        Assert.False(await waiting);
    }

    private static RoomFeed Feed(int capacity = 5_000) =>
        new(
            new Dictionary<string, long>(), new Dictionary<string, string>(), capacity, new SignalFeed(),
            NullLogger.Instance);

    private static async Task<List<ChatEvent>> ReadAsync(RoomFeed feed, int count, int head)
    {
        var all = new List<ChatEvent>();
        await foreach (var e in feed.ReadAsync((room, page, _) => Task.FromResult(Page(room, page, head, _ => true)), Expect.Soon))
        {
            all.Add(e);
            if (all.Count == count)
                break;
        }

        return all;
    }

    private static EventPage Page(string room, PageRequest page, int head, Func<long, bool> visible) =>
        new([.. Enumerable.Range(1, head).Select(n => (long)n).Where(n => n > page.After && visible(n)).Take(200).Select(n => Event(room, n))], head);

    private static SyncAnswer Answer(params Room[] rooms) => new(FakeServer.Me, rooms);

    private static Room Room(string id, long head) => new() { Id = id, Kind = RoomKind.Private, Name = id, Head = head };

    private static ChatEvent Event(string room, long seq) => new()
    {
        RoomId = room,
        Seq = seq,
        Id = $"{room}-{seq}",
        Type = EventTypes.Message,
        Sender = FakeServer.Other,
        At = DateTime.UnixEpoch,
        Body = "x",
    };
}

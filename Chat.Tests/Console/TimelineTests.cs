using Chat.Client.Console.Interactive;
using Chat.Contracts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 12, 3, 0, TimeSpan.Zero);

    internal static ChatEvent Event(long seq, string type = EventTypes.Message, string? body = "text", long? target = null, string sender = "dora") => new()
    {
        RoomId = "r",
        Seq = seq,
        Id = $"r-{seq}",
        Type = type,
        Sender = new UserRef($"id-{sender}", sender),
        At = s_now.UtcDateTime,
        Body = body,
        Target = target,
    };

    [Fact]
    public void Pages_and_live_events_overlap_without_doubles()
    {
        var timeline = new Timeline();
        timeline.Append(Event(5));
        timeline.Append(Event(6));
        timeline.Append(Event(6));
        timeline.Prepend(new EventPage([Event(3), Event(4), Event(5), Event(6)], 6));
        timeline.Append(Event(4));
        Assert.Equal([3, 4, 5, 6], timeline.Events.Select(e => e.Seq));
        Assert.False(timeline.Complete);
        timeline.Prepend(new EventPage([Event(1), Event(2)], 6));
        Assert.True(timeline.Complete);
    }

    [Fact]
    public void Numbers_that_were_not_visible_start_the_run_anew()
    {
        var timeline = new Timeline();
        timeline.Append(Event(1));
        timeline.Append(Event(9));
        Assert.Equal([9], timeline.Events.Select(e => e.Seq));
        Assert.False(timeline.Complete);
    }

    [Fact]
    public void A_message_reads_as_last_edited_with_its_reactions_even_if_those_came_before_it()
    {
        var timeline = new Timeline();
        timeline.Append(Event(2, EventTypes.Edit, "better", target: 1));
        timeline.Append(Event(3, EventTypes.Reaction, "👍", target: 1, sender: "dave"));
        timeline.Append(Event(4, EventTypes.Reaction, "👍", target: 1, sender: "joan"));
        timeline.Append(Event(5, EventTypes.Reaction, "🎉", target: 1, sender: "joan"));
        timeline.Append(Event(6, "from-the-future"));
        timeline.Prepend(new EventPage([Event(1, body: "worse")], 6));
        var message = Assert.IsType<MessageItem>(Assert.Single(timeline.Items));
        Assert.Equal(("better", true), (message.Body, message.Edited));
        Assert.Equal([("🎉", 1), ("👍", 1)], message.Reactions);

        timeline.Append(Event(7, EventTypes.Reaction, "", target: 1, sender: "joan"));
        Assert.Equal([("👍", 1)], timeline.Find(1)!.Reactions);
        timeline.Append(Event(8, EventTypes.Delete, null, target: 1));
        Assert.True(timeline.Find(1)!.Deleted);
        Assert.Null(timeline.Last(_ => true));
    }

    [Fact]
    public void Notices_stay_where_they_were_said()
    {
        var timeline = new Timeline();
        timeline.Append(Event(1));
        timeline.Note("said after one", s_now);
        timeline.Append(Event(2));
        Assert.Equal(["e1", "n0", "e2"], timeline.Items.Select(i => i.Key));
    }

    [Fact]
    public void It_forgets_the_oldest_and_can_load_them_again()
    {
        var timeline = new Timeline(capacity: 10);
        for (var seq = 1; seq <= 30; seq++)
        {
            timeline.Append(Event(seq));
            timeline.Trim();
        }
        Assert.InRange(timeline.Events.Count, 10, 11);
        Assert.False(timeline.Complete);
        Assert.Equal(30, timeline.Newest);
    }

    [Fact]
    public void A_message_of_mine_is_pending_until_it_arrives_even_if_that_is_before_it_was_queued()
    {
        var outgoing = new Outgoing();
        outgoing.Queue(new OutgoingMessage("r", "a", "one"));
        outgoing.Queue(new OutgoingMessage("r", "b", "two"));
        outgoing.Queue(new OutgoingMessage("r", "a", "one"));
        outgoing.Arrived("a");
        outgoing.Queue(new OutgoingMessage("r", "a", "one"));
        outgoing.Fail("b", new SendError(ErrorCodes.TooLarge, "too long"));
        Assert.Equal("too long", Assert.Single(outgoing.Messages).Failure?.Message);
        outgoing.Dismiss("r");
        Assert.Empty(outgoing.Messages);
    }

    [Fact]
    public void Typing_ends_with_time_or_with_the_message()
    {
        var time = new FakeTimeProvider();
        var typing = new TypingPeople(time);
        typing.Typing("r", "dora");
        typing.Typing("r", "dave");
        typing.Typing("other", "joan");
        Assert.Equal(["dora", "dave"], typing.In("r"));
        typing.Said("r", "dora");
        Assert.Equal(["dave"], typing.In("r"));
        time.Advance(TypingPeople.Lasts);
        Assert.Empty(typing.In("r"));
    }

    [Fact]
    public void A_room_is_found_by_id_or_name_and_an_ambiguous_name_is_refused()
    {
        static Room Make(string id, string name, RoomKind kind = RoomKind.Public) => new() { Id = id, Name = name, Kind = kind };
        Room[] rooms = [Make("1", "ops"), Make("2", "Dave", RoomKind.Direct), Make("3", "dave"), Make("4", "twin"), Make("5", "TWIN")];
        Assert.Equal("1", RoomNames.Find(rooms, "#OPS")?.Id);
        Assert.Equal("3", RoomNames.Find(rooms, "Dave")?.Id);
        Assert.Equal("2", RoomNames.Find(rooms, "2")?.Id);
        Assert.Null(RoomNames.Find(rooms, "nosuch"));
        Assert.Equal(ErrorCodes.Invalid, Assert.Throws<ChatException>(() => RoomNames.Find(rooms, "twin")).Code);
        Assert.Equal(["3", "1", "4", "5", "2"], RoomNames.Ordered(rooms).Select(r => r.Id));
    }
}

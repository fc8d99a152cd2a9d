using Chat.Client.Console.Interactive;
using Chat.Contracts;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class EventTextTests
{
    private static ChatEvent Event(string type, string? body = null, long? target = null, long? replyTo = null, UserRef? by = null, RoomChange? room = null) => new()
    {
        RoomId = "r",
        Seq = 7,
        Id = "r-7",
        Type = type,
        Sender = new UserRef("1", "dora"),
        At = new DateTime(2026, 11, 22, 23, 59, 30, DateTimeKind.Utc),
        Body = body,
        Target = target,
        ReplyTo = replyTo,
        By = by,
        Room = room,
    };

    public static TheoryData<ChatEvent, string> Lines => new()
    {
        { Event(EventTypes.Message, "hello"), "23:59 dora: hello" },
        { Event(EventTypes.Message, "two\nlines"), "23:59 dora: two\n  lines" },
        { Event(EventTypes.Message, "/me waves"), "23:59 * dora waves" },
        { Event(EventTypes.Message, "yes", replyTo: 3), "23:59 dora (to #3): yes" },
        { Event(EventTypes.Message), "23:59 dora: (deleted)" },
        { Event(EventTypes.Message, "\u001b[2J"), "23:59 dora: \\u{1b}[2J" },
        { Event(EventTypes.Edit, "better", target: 3), "23:59 dora edited #3: better" },
        { Event(EventTypes.Delete, target: 3), "23:59 dora took back #3" },
        { Event(EventTypes.Reaction, "👍", target: 3), "23:59 dora reacted to #3 with 👍" },
        { Event(EventTypes.Reaction, "", target: 3), "23:59 dora took back a reaction to #3" },
        { Event(EventTypes.Join), "23:59 -- dora joined" },
        { Event(EventTypes.Join, by: new UserRef("2", "joan")), "23:59 -- dora was invited by joan" },
        { Event(EventTypes.Leave, by: new UserRef("2", "joan")), "23:59 -- dora was removed by joan" },
        { Event(EventTypes.Room, room: new RoomChange(Topic: "cats")), "23:59 -- dora set the topic: cats" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_event_is_a_line_that_says_who_did_what(ChatEvent e, string line) =>
        Assert.Equal(line, new EventText(TimeZoneInfo.Utc).Line(e));

    [Fact]
    public void An_unknown_type_is_passed_over() => Assert.Null(new EventText(TimeZoneInfo.Utc).Line(Event("from-the-future")));

    [Fact]
    public void Time_is_local_and_number_and_room_stand_in_front()
    {
        var east = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(2), "east", "east");
        Assert.Equal("#7 01:59 [ops] dora: hello", new EventText(east) { Numbers = true }.Line(Event(EventTypes.Message, "hello"), "ops"));
    }
}

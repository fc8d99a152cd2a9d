using System.Diagnostics;
using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>The checker must accept what is right, and reject, under the right rule, whatever is wrong.</summary>
public sealed class CheckerTests
{
    private readonly ChatHistory _history;
    private long _now;

    public CheckerTests() => _history = new ChatHistory(() => ++_now);

    [Fact]
    public void A_good_history_is_accepted()
    {
        var one = _history.Started("j", "r", "a1", "hello");
        _history.Acked(one, 3);
        _history.Started("d", "r", "b1", "unknown, and there");
        _history.Started("d", "r", "b2", "unknown, and not there");
        _history.Started("d", "r", "b3", "no").Refused = ErrorCodes.TooLarge;
        ChatEvent[] log =
        [
            Join(1, "j"), Join(2, "d"), Message(3, "a1", "hello"), Message(4, "b1", "unknown, and there"), Leave(5, "d"), Message(6, "a2", "after the leave"),
        ];
        _history.Acked(_history.Started("j", "r", "a2", "after the leave"), 6);
        _history.FinalLog("r", log);
        Watch("j", after: 0, log);
        Watch("d", after: 2, log[2], log[3], log[4]);

        Assert.Empty(Checker.Check(_history));
    }

    [Fact]
    public void A_hole_in_the_numbers_is_rejected() => Rejected(Rules.Dense, Join(1, "d"), Join(3, "e"));

    [Fact]
    public void A_number_given_twice_is_rejected() => Rejected(Rules.Dense, Join(1, "d"), Join(1, "e"));

    [Fact]
    public void An_acknowledged_message_that_is_not_in_the_log_is_rejected()
    {
        Acknowledged("a1", 1);
        Rejected(Rules.Acked, Join(1, "d"));
    }

    [Fact]
    public void An_acknowledged_message_that_is_in_the_log_twice_is_rejected()
    {
        Acknowledged("a1", 1);
        Rejected(Rules.Acked, Message(1, "a1"), Message(2, "a1"));
    }

    [Fact]
    public void An_acknowledgement_with_another_number_is_rejected()
    {
        Acknowledged("a1", 2);
        Rejected(Rules.Acked, Message(1, "a1"));
    }

    [Fact]
    public void An_acknowledged_message_whose_room_has_no_log_is_rejected()
    {
        Acknowledged("a1", 1);
        Rejected(Rules.Acked, room: "another");
    }

    [Fact]
    public void An_unknown_message_that_is_in_the_log_twice_is_rejected()
    {
        _history.Started("j", "r", "a1", "a1");
        Rejected(Rules.Unknown, Message(1, "a1"), Message(2, "a1"));
    }

    [Fact]
    public void A_refused_message_that_is_in_the_log_is_rejected()
    {
        _history.Started("j", "r", "a1", "a1").Refused = ErrorCodes.Invalid;
        Rejected(Rules.Refused, Message(1, "a1"));
    }

    [Fact]
    public void A_message_that_nobody_sent_is_rejected() => Rejected(Rules.Phantom, Message(1, "a1"));

    [Fact]
    public void An_altered_body_in_the_log_is_rejected()
    {
        Acknowledged("a1", 1);
        Rejected(Rules.Unaltered, Message(1, "a1", "a1\u0301"));
    }

    [Fact]
    public void An_altered_body_on_the_way_is_rejected()
    {
        Acknowledged("a1", 1);
        Watch("d", after: 0, Message(1, "a1", "A1"));
        Rejected(Rules.Unaltered, Message(1, "a1"));
    }

    [Fact]
    public void A_senders_messages_in_another_order_are_rejected()
    {
        _history.Started("j", "r", "a1", "a1");
        _history.Started("j", "r", "a2", "a2");
        Rejected(Rules.SenderOrder, Message(1, "a2"), Message(2, "a1"));
    }

    [Fact]
    public void What_began_after_an_acknowledgement_and_stands_before_it_is_rejected()
    {
        Acknowledged("a1", 2);
        _history.Started("d", "r", "b1", "b1");
        Rejected(Rules.RealTime, Message(1, "b1"), Message(2, "a1"));
    }

    [Fact]
    public void Messages_sent_at_the_same_time_may_stand_in_any_order()
    {
        var a = _history.Started("j", "r", "a1", "a1");
        var b = _history.Started("d", "r", "b1", "b1");
        _history.Acked(a, 3);
        _history.Acked(b, 2);
        _history.FinalLog("r", [Join(1, "j"), Message(2, "b1"), Message(3, "a1")]);

        Assert.Empty(Checker.Check(_history));
    }

    [Theory]
    [InlineData(new long[] { 1, 3 }, "a hole")]
    [InlineData(new long[] { 1, 2, 2, 3 }, "a repetition")]
    [InlineData(new long[] { 2, 1, 3 }, "a step back")]
    [InlineData(new long[] { 2, 3 }, "a late beginning")]
    public void A_stream_that_is_not_one_by_one_is_rejected(long[] shown, string why)
    {
        Watch("d", after: 0, [.. shown.Select(n => Join(n, "d"))]);
        Rejected(Rules.Stream, Join(1, "d"), Join(2, "d"), Join(3, "d"));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void Another_event_under_the_same_number_is_rejected()
    {
        Watch("d", after: 0, Join(1, "d") with { Id = "another" });
        Rejected(Rules.OneOrder, Join(1, "d"));
    }

    [Fact]
    public void An_event_that_was_shown_and_is_not_in_the_log_is_rejected()
    {
        Watch("d", after: 0, Join(1, "d"), Message(2, "a1"));
        Rejected(Rules.OneOrder, Join(1, "d"));
    }

    [Fact]
    public void What_is_shown_after_the_leave_is_rejected()
    {
        ChatEvent[] log = [Join(1, "d"), Leave(2, "d"), Join(3, "e")];
        Watch("d", after: 0, log);
        Rejected(Rules.Membership, log);
    }

    [Fact]
    public void What_was_said_while_one_was_away_may_be_shown_once_one_has_asked_to_come_back_and_not_before()
    {
        ChatEvent[] log = [Join(1, "d"), Leave(2, "d"), Join(3, "e"), Join(4, "d")];
        Moves("d", true, false);
        Watch("d", after: 0, log[..2]);
        var back = _history.Moving("d", "r", comes: true);
        _history.Saw("d", log[2]);
        _history.Moved(back);
        _history.Saw("d", log[3]);
        _history.FinalLog("r", log);
        Assert.Empty(Checker.Check(_history));
    }

    [Fact]
    public void What_was_said_while_one_was_away_is_rejected_before_one_has_asked_to_come_back()
    {
        ChatEvent[] log = [Join(1, "d"), Leave(2, "d"), Join(3, "e"), Join(4, "d")];
        Moves("d", true, false);
        Watch("d", after: 0, log[..3]);
        Moves("d", true);
        _history.Saw("d", log[3]);
        Rejected(Rules.Membership, log);
    }

    [Fact]
    public void What_was_said_while_one_was_away_need_not_be_shown()
    {
        ChatEvent[] log = [Join(1, "d"), Leave(2, "d"), Join(3, "e"), Join(4, "d")];
        Moves("d", true, false, true);
        Watch("d", after: 0, log[0], log[1], log[3]);
        _history.FinalLog("r", log);
        Assert.Empty(Checker.Check(_history));
    }

    [Fact]
    public void What_is_written_by_who_has_left_is_rejected() =>
        Rejected(Rules.Membership, Join(1, "j"), Leave(2, "j"), Message(3, "a1"));

    [Theory]
    [InlineData(new[] { true, false }, "a call without an event")]
    [InlineData(new bool[] { }, "an event without a call")]
    public void Comings_and_goings_that_are_not_those_asked_for_are_rejected(bool[] moves, string why)
    {
        Moves("d", [true, .. moves]);
        ChatEvent[] log = moves.Length > 0 ? [Join(1, "d")] : [Join(1, "d"), Join(2, "d")];
        Rejected(Rules.Moves, log);
        Assert.NotEmpty(why);
    }

    [Fact]
    public void A_message_that_stands_before_the_leave_that_was_over_when_it_was_begun_is_rejected()
    {
        Moves("d", true, false);
        Acknowledged("a1", 2);
        Rejected(Rules.RealTime, Join(1, "d"), Message(2, "a1"), Leave(3, "d"));
    }

    [Fact]
    public void An_acknowledged_edit_that_is_not_in_the_log_is_rejected()
    {
        _history.Acked(_history.Started("j", "r", "e1", "better", EventTypes.Edit), 2);
        Rejected(Rules.Acked, Join(1, "j"));
    }

    [Fact]
    public void A_deleted_body_that_is_still_in_the_log_is_rejected()
    {
        Acknowledged("a1", 2);
        Rejected(Rules.Deleted, Join(1, "j"), Message(2, "a1"), Delete(3, target: 2));
    }

    [Fact]
    public void A_deleted_body_may_have_been_shown_before_as_it_was_sent_and_not_otherwise()
    {
        Acknowledged("a1", 2);
        _history.Acked(_history.Started("j", "r", "d3", null, EventTypes.Delete), 3);
        ChatEvent[] log = [Join(1, "j"), Message(2, "a1") with { Body = null }, Delete(3, target: 2)];
        _history.FinalLog("r", log);
        Watch("j", after: 0, log[0], Message(2, "a1"), log[2]);
        Assert.Empty(Checker.Check(_history));

        Watch("another", after: 1, Message(2, "a1", "A1"));
        Assert.Contains(Rules.Unaltered, Checker.Check(_history).Select(v => v.Rule));
    }

    [Fact]
    public void The_story_of_a_violation_names_numbers_and_clients_and_no_body()
    {
        Acknowledged("a1", 2);
        Watch("d", after: 1, Message(2, "a1", "a secret"));
        _history.FinalLog("r", [Join(1, "d"), Message(2, "a1", "another secret")]);
        var told = Checker.Explain(_history, Checker.Check(_history));
        Assert.Contains("d is shown number 2", told, StringComparison.Ordinal);
        Assert.Contains("j is told that a1 is number 2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_to_a_stranger_is_rejected()
    {
        _history.Saw("d", Join(1, "e"));
        Rejected(Rules.Membership, Join(1, "e"));
    }

    [Fact]
    public void An_observer_that_has_not_seen_the_last_event_is_rejected()
    {
        Watch("d", after: 0, Join(1, "d"));
        Rejected(Rules.Converged, Join(1, "d"), Join(2, "e"));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    public void A_stay_that_was_over_when_its_client_was_back_need_not_be_seen_unless_it_was_served_meanwhile(bool away, bool served, bool accepted)
    {
        var elsewhere = Join(1, "d") with { RoomId = "q" };
        _history.Watching("d", "d", "q", 0);
        if (!served)
            _history.Saw("d", elsewhere);
        Moves("d", true);
        _now += 60 * Stopwatch.Frequency;
        if (served)
            _history.Saw("d", elsewhere);
        Moves("d", false);
        if (away)
            _history.Back("d", lost: _now);
        _history.FinalLog("q", [elsewhere]);
        _history.FinalLog("r", [Join(1, "d"), Leave(2, "d")]);
        Watch("d", after: 0);

        Assert.Equal(accepted ? [] : [Rules.Converged], Checker.Check(_history).Select(v => v.Rule));
        Assert.Equal(accepted ? 0 : 2, Checker.Goals(_history).Single(g => g.Watch.RoomId == "r").Seq);
    }

    private static ChatEvent Join(long seq, string who) => new()
    {
        RoomId = "r",
        Seq = seq,
        Id = $"join-{who}",
        Type = EventTypes.Join,
        Sender = new UserRef(who, who),
        At = DateTime.UnixEpoch,
    };

    private static ChatEvent Leave(long seq, string who) => Join(seq, who) with { Type = EventTypes.Leave, Id = $"leave-{seq}" };

    private static ChatEvent Delete(long seq, long target) =>
        Message(seq, $"d{seq}") with { Type = EventTypes.Delete, Body = null, Target = target };

    private static ChatEvent Message(long seq, string clientId, string? body = null) => new()
    {
        RoomId = "r",
        Seq = seq,
        Id = $"m-{clientId}",
        Type = EventTypes.Message,
        Sender = new UserRef("j", "j"),
        At = DateTime.UnixEpoch,
        ClientId = clientId,
        Body = body ?? clientId,
    };

    private void Acknowledged(string clientId, long seq) => _history.Acked(_history.Started("j", "r", clientId, clientId), seq);

    private void Moves(string who, params bool[] comes)
    {
        foreach (var comesNow in comes)
            _history.Moved(_history.Moving(who, "r", comesNow));
    }

    private void Watch(string who, long after, params ChatEvent[] shown)
    {
        _history.Watching(who, who, "r", after);
        foreach (var e in shown)
            _history.Saw(who, e);
    }

    private void Rejected(string rule, params ChatEvent[] log) => Rejected(rule, "r", log);

    private void Rejected(string rule, string room, params ChatEvent[] log)
    {
        _history.FinalLog(room, log);
        Assert.Contains(rule, Checker.Check(_history).Select(v => v.Rule));
    }
}

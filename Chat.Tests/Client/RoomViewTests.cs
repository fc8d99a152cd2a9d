using Chat.Client.Syncing;
using Chat.Contracts;

namespace Chat.Tests.Client;

public sealed class RoomViewTests
{
    private static readonly Room s_room = new()
    {
        Id = "r", Kind = RoomKind.Private, Name = "room", Head = 10, MemberCount = 2, Owner = "ann",
        Members = [new("ann", "Ann"), new("bob", "Bob")],
    };

    [Fact]
    public void A_join_and_a_leave_are_counted_once()
    {
        var joined = s_room.After(Event(11, EventTypes.Join, "cid"), me: "bob");
        Assert.Equal((3, 3), (joined.MemberCount, joined.Members.Count));
        Assert.Equal(3, joined.After(Event(11, EventTypes.Join, "cid"), "bob").MemberCount);

        var left = joined.After(Event(12, EventTypes.Leave, "ann"), "bob");
        Assert.Equal((2, null), (left.MemberCount, left.Owner));
        Assert.Equal(["bob", "cid"], left.Members.Select(m => m.Id));
    }

    [Fact]
    public void Of_a_large_room_no_more_members_are_kept_than_are_listed()
    {
        var large = s_room with
        {
            Members = [.. Enumerable.Range(0, 200).Select(n => new UserRef($"{n}", $"{n}"))], MemberCount = 5_000,
        };
        var joined = large.After(Event(11, EventTypes.Join, "cid"), "bob");
        Assert.Equal((5_001, 200), (joined.MemberCount, joined.Members.Count));
    }

    [Fact]
    public void A_server_that_does_not_count_is_not_counted_for() =>
        Assert.Equal(0, (s_room with { MemberCount = 0 }).After(Event(11, EventTypes.Join, "cid"), "bob").MemberCount);

    private static ChatEvent Event(long seq, string type, string who) => new()
    {
        RoomId = "r", Seq = seq, Id = $"{seq}", Type = type, Sender = new UserRef(who, who), At = DateTime.UnixEpoch,
    };
}

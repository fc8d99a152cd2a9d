using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;
using RelaySession = Chat.Server.Relay.Session;

namespace Chat.Tests.Relay;

/// <summary>A session that follows one room alone.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private static readonly Presence s_online = new(Bob.Id, PresenceState.Online);
    private static readonly Presence s_offline = new(Bob.Id, PresenceState.Offline);

    private RelayRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await StartAsync(new LimitOptions { CatchUp = 10 });

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Nothing_is_skipped_however_far_behind_and_nothing_comes_but_this_room_and_checkpoints()
    {
        var (room, other) = (await _rig.RoomAsync(Bob), await _rig.RoomAsync(Bob));
        await _rig.SayAsync(room, Ann, 700);
        var (transport, session, following) = await FollowAsync(Bob, room, after: 3);
        await transport.ReceivesAsync(room, Range(4, 702));
        Assert.Equal((702, true), (following.Head, following.IsMember));

        await _rig.SayAsync(other, Ann);
        await _rig.Log.ChangeRoomAsync(room, new RoomChange("renamed"), Ann);
        _rig.Relay.Signal(new RelaySignal.Typing(room, Ann.Id));
        await _rig.ConnectAsync(Ann);
        await _rig.Log.AddMemberAsync(await _rig.RoomAsync(), Bob, Bob);
        await transport.ReceivesAsync(room, Range(4, 703));
        _rig.Time.Advance(TimeSpan.FromSeconds(14));

        await transport.ReceivesAsync<Notice.Checkpoint>(c => c.Delivered == 700);
        Assert.All(transport.Written, w => Assert.True(w is ChatEvent { RoomId: var id } && id == room || w is Notice.Checkpoint));
        Assert.False(session.IsIn(other));
    }

    [Fact]
    public async Task It_ends_with_the_leave_and_who_came_back_before_that_was_written_goes_on()
    {
        var room = await _rig.RoomAsync(Bob);
        var (transport, _, following) = await FollowAsync(Bob, room, after: null);
        transport.Stall();
        await _rig.SayAsync(room, Ann);
        await Eventually.TrueAsync(() => transport.Written.Count == 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await _rig.SayAsync(room, Ann);
        await _rig.Log.AddMemberAsync(room, Bob, Bob);
        // The log answers a join a moment before it tells the relay.
        await Eventually.TrueAsync(() => following.IsMember && following.Head == 6, TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        transport.Go();
        await transport.ReceivesAsync(room, Range(3, 6));
        Assert.True(following.IsMember);

        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await _rig.SayAsync(room, Ann, 20);

        await transport.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);
        Assert.Equal(Range(3, 7), transport.Numbers(room));
        Assert.Equal((7, false), (following.Head, following.IsMember));
        var (late, _, over) = await FollowAsync(Bob, room, after: 5);
        await late.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);
        Assert.Equal([6, 7], late.Numbers(room));
        Assert.Equal((7, false), (over.Head, over.IsMember));
    }

    [Fact]
    public async Task Closed_while_a_write_is_under_way_it_waits_for_that_and_writes_no_more()
    {
        var room = await _rig.RoomAsync(Bob);
        var (transport, session, _) = await FollowAsync(Bob, room, after: 0);
        await transport.ReceivesAsync(room, 1, 2);
        transport.Stall();
        await _rig.SayAsync(room, Ann);
        await Eventually.TrueAsync(() => transport.Written.Count == 3, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var closing = session.CloseAsync();
        await _rig.SayAsync(room, Ann);
        var (other, _, _) = await FollowAsync(Ann, room, after: 3);
        await other.ReceivesAsync(room, 4); // the relay has worked meanwhile
        Assert.False(closing.IsCompleted);
        transport.Go();
        await closing;

        Assert.Equal(Range(1, 3), transport.Numbers(room));
    }

    [Fact]
    public async Task Its_user_is_there_for_the_others_in_the_room()
    {
        var room = await _rig.RoomAsync(Bob);
        var (ann, _) = await _rig.ConnectAsync(Ann);
        var (_, session, _) = await FollowAsync(Bob, room, after: 0);
        await ann.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Online)));

        session.Close();
        await _rig.PassUntilAsync(
            () => ann.Notices<Notice.PresenceChanged>().Any(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Offline))), "Bob is offline");
    }

    [Fact]
    public async Task A_client_that_polls_a_room_that_nobody_else_follows_leaves_nothing_behind()
    {
        var room = await _rig.RoomAsync(Bob);
        await _rig.SayAsync(room, Ann, 3);
        for (var i = 0; i < 3; i++)
        {
            var (bob, session, _) = await FollowAsync(Bob, room, after: 0);
            await bob.ReceivesAsync(room, Range(1, 5));
            var feed = _rig.Relay.Feeds.Find(room)!;
            Assert.True(feed.TryCopy(0, 5, int.MaxValue, []));
            await session.CloseAsync();

            _rig.Relay.Feeds.Trim();

            Assert.Null(_rig.Relay.Feeds.Find(room));
            Assert.False(feed.TryCopy(0, 5, int.MaxValue, []));
            Assert.Equal(1, _rig.Relay.Presence.VisitedFeeds);
        }
    }

    [Fact]
    public async Task A_client_that_polls_two_rooms_in_turn_is_told_online_once_and_known_to_those_who_come_later()
    {
        var (one, two) = (await _rig.RoomAsync(Bob, Cid), await _rig.RoomAsync(Bob));
        var (ann, _) = await _rig.ConnectAsync(Ann);
        for (var i = 0; i < 100; i++)
        {
            foreach (var room in (string[])[one, two])
            {
                var (_, session, _) = await FollowAsync(Bob, room, after: 0);
                await session.CloseAsync();
            }
        }
        var (cid, _) = await _rig.ConnectAsync(Cid);
        await cid.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(s_online));

        Assert.InRange(Told(ann, s_online), 1, 2);
        await _rig.PassUntilAsync(() => Told(ann, s_offline) > 0 && Told(cid, s_offline) > 0, "Bob is offline");
    }

    [Fact]
    public async Task A_room_that_was_left_hears_nothing_more_of_a_client_that_polls()
    {
        var (left, kept) = (await _rig.RoomAsync(Bob, Cid), await _rig.RoomAsync(Bob));
        var (ann, _) = await _rig.ConnectAsync(Ann);
        var (cid, _) = await _rig.ConnectAsync(Cid);
        foreach (var room in (string[])[left, kept])
        {
            var (_, session, _) = await FollowAsync(Bob, room, after: 0);
            await session.CloseAsync();
        }
        await cid.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(s_online));

        await _rig.Log.RemoveMemberAsync(left, Bob, Bob);
        await Eventually.TrueAsync(
            () => cid.Written.Any(w => w is ChatEvent { Type: EventTypes.Leave }), TimeSpan.FromSeconds(10),
            TestContext.Current.CancellationToken);
        await _rig.PassUntilAsync(() => Told(ann, s_offline) > 0, "Bob is offline");

        Assert.Equal(0, Told(cid, s_offline));
    }

    private static int Told(RecordingTransport person, Presence presence) =>
        person.Notices<Notice.PresenceChanged>().Count(p => p.Users.Contains(presence));

    private static IEnumerable<long> Range(int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => (long)n);

    private async Task<(RecordingTransport Transport, RelaySession Session, Following Following)> FollowAsync(UserRef user, string room, long? after)
    {
        var transport = new RecordingTransport();
        var session = _rig.Open(transport, user);
        var following = await session.FollowAsync(room, after, async () => (await _rig.SightAsync(user, room))!);
        session.Resume();
        return (transport, session, following);
    }
}

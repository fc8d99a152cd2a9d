using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Relay;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>Delivery to a person who leaves the room, is removed from it, or comes back.</summary>
public abstract partial class SessionContract
{
    [Fact]
    public async Task Who_is_removed_in_a_burst_gets_the_leave_then_word_of_it_and_nothing_more()
    {
        var room = await _rig.RoomAsync(Bob);
        var (bob, _) = await _rig.ConnectAsync(Bob);
        var talk = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await _rig.SayAsync(room, Ann, 5);
        }, Ct);
        await Eventually.TrueAsync(() => bob.Numbers(room).Count > 0, Soon, Ct);
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await talk;
        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);
        await _rig.SayAsync(room, Ann);

        var leave = (await _rig.Log.ReadAfterAsync(room, 0, 1_000, Ct)).Single(e => e.Type == EventTypes.Leave).Seq;
        Assert.Equal(Enumerable.Range(3, (int)leave - 2).Select(n => (long)n), bob.Numbers(room));
        Assert.Equal(new Notice.RoomRemoved(room), bob.Written.Last(w => w is ChatEvent or Notice.RoomRemoved));
    }

    [Fact]
    public async Task What_becomes_of_a_room_is_not_told_to_who_was_removed_before_however_slow_they_are()
    {
        var room = await _rig.RoomAsync(Bob);
        var (bob, _) = await _rig.ConnectAsync(Bob);
        bob.Stall();
        await _rig.SayAsync(room, Ann);
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await _rig.Log.ChangeRoomAsync(room, new RoomChange("later", "later"), Ann);
        bob.Go();

        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);

        await bob.ReceivesAsync(room, 3, 4);
        Assert.Empty(bob.Notices<Notice.RoomUpdated>());
    }

    [Fact]
    public async Task Who_was_removed_while_away_gets_the_rest_up_to_the_leave()
    {
        var room = await _rig.RoomAsync(Bob);
        await _rig.SayAsync(room, Ann, 3);
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await _rig.SayAsync(room, Ann, 400);

        var (bob, _) = await _rig.ConnectAsync(Bob, (room, 3));

        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);
        await bob.ReceivesAsync(room, 4, 5, 6);
    }

    [Fact]
    public async Task Who_comes_back_before_the_leave_was_delivered_gets_every_number_once()
    {
        var room = await _rig.RoomAsync(Bob);
        var (bob, _) = await _rig.ConnectAsync(Bob);
        bob.Stall();
        await _rig.SayAsync(room, Ann, 3);
        await Eventually.TrueAsync(() => bob.Numbers(room).Count > 0, Soon, Ct); // this write is in flight now
        await _rig.Log.RemoveMemberAsync(room, Bob, Bob);
        await _rig.Log.AddMemberAsync(room, Bob, Bob);
        await _rig.SayAsync(room, Ann, 2);
        // His node has heard that he is back.
        await Eventually.TrueAsync(() => _rig.Relay.Feeds.Find(room)?.Head == 9, Soon, Ct);

        bob.Go();

        await bob.ReceivesAsync(room, Enumerable.Range(3, 7).Select(n => (long)n));
        Assert.Empty(bob.Notices<Notice.RoomRemoved>());
    }

    [Fact]
    public async Task Who_leaves_and_comes_back_while_the_room_is_being_read_stays_in_it()
    {
        var room = await _rig.RoomAsync(Bob);
        var once = 0;
        _rig.Log.AfterRead = async () =>
        {
            if (Interlocked.Exchange(ref once, 1) != 0)
                return;
            await _rig.Log.RemoveMemberAsync(room, Bob, Bob);
            await _rig.Log.AddMemberAsync(room, Bob, Bob);
        };
        var (bob, session) = await _rig.ConnectAsync(Bob, (room, 0));
        await bob.ReceivesAsync(room, 1, 2, 3, 4);
        await _rig.SayAsync(room, Ann);

        await bob.ReceivesAsync(room, 1, 2, 3, 4, 5);
        Assert.True(session.IsIn(room));
    }
}

using Chat.Contracts;

namespace Chat.Tests.Log;

/// <summary>Rooms and who is in them.</summary>
public abstract partial class RoomLogContract
{
    [Fact]
    public async Task Nothing_of_a_member_is_numbered_after_their_leave()
    {
        var room = await RoomAsync(Bob);
        for (var round = 0; round < 20; round++)
        {
            var writing = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                try
                {
                    await Log.AppendAsync(room, Bob, [Say($"{round}-{i}")]);
                }
                catch (ChatException e) when (e.Code == ErrorCodes.Forbidden)
                {
                    // After the leave: that is the point.
                }
            }, Ct)).ToList();
            await Task.WhenAll([.. writing, Task.Run(() => Log.RemoveMemberAsync(room, Bob, round % 2 == 0 ? Ann : Bob), Ct)]);

            var leave = (await AllAsync(room)).Last(e => e.Type == EventTypes.Leave);
            Assert.DoesNotContain(await Log.ReadAfterAsync(room, leave.Seq, 100, Ct), e => e.Sender == Bob);
            await Log.AddMemberAsync(room, Bob, Bob);
        }
    }

    [Fact]
    public async Task Strangers_may_not_write_and_do_not_learn_of_private_rooms()
    {
        var open = await RoomAsync();
        var hidden = await Log.CreateAsync(RoomKind.Private, "hidden", "", Ann);
        var direct = await Log.OpenDirectAsync(Ann, Bob);

        await RefusedAsync(ErrorCodes.Forbidden, Log.AppendAsync(open, Eve, [Say("x")]));
        await RefusedAsync(ErrorCodes.Forbidden, Log.AppendAsync(open, Eve, []));
        await RefusedAsync(ErrorCodes.Forbidden, Log.AddMemberAsync(open, Bob, Eve));
        await RefusedAsync(ErrorCodes.Forbidden, Log.RemoveMemberAsync(open, Ann, Eve));
        foreach (var room in (string[])[hidden, direct, "nosuchroom"])
        {
            await RefusedAsync(ErrorCodes.NotFound, Log.AppendAsync(room, Eve, [Say("x")]));
            await RefusedAsync(ErrorCodes.NotFound, Log.AddMemberAsync(room, Eve, Eve));
            await RefusedAsync(ErrorCodes.NotFound, Log.AddMemberAsync(room, Cid, Eve));
            await RefusedAsync(ErrorCodes.NotFound, Log.RemoveMemberAsync(room, Ann, Eve));
            await RefusedAsync(ErrorCodes.NotFound, Log.ChangeRoomAsync(room, new RoomChange("mine"), Eve));
            await RefusedAsync(ErrorCodes.NotFound, Log.MarkReadAsync(room, Eve.Id, 1));
        }
        Assert.Single(await AllAsync(hidden));
    }

    [Fact]
    public async Task Two_people_have_one_direct_room_however_they_race_for_it()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            Task.Run(() => i % 2 == 0 ? Log.OpenDirectAsync(Ann, Bob) : Log.OpenDirectAsync(Bob, Ann))));

        var room = Assert.Single(ids.Distinct());
        Assert.Equal([EventTypes.Join, EventTypes.Join], (await AllAsync(room)).Select(e => e.Type));
        Assert.NotEqual(room, await Log.OpenDirectAsync(Ann, Cid));
        await RefusedAsync(ErrorCodes.Forbidden, Log.RemoveMemberAsync(room, Ann, Ann));
        await RefusedAsync(ErrorCodes.Forbidden, Log.AddMemberAsync(room, Cid, Ann));
        await RefusedAsync(ErrorCodes.Forbidden, Log.ChangeRoomAsync(room, new RoomChange("ours"), Ann));
    }

    [Fact]
    public async Task One_may_have_a_direct_room_with_oneself()
    {
        var room = await Log.OpenDirectAsync(Ann, Ann);

        Assert.Equal(room, await Log.OpenDirectAsync(Ann, Ann));
        Assert.Single(await AllAsync(room));
        Assert.Equal(2, (await PostAsync(room, Ann, Say("note"))).Seq);
    }

    [Fact]
    public async Task Joining_twice_is_joining_once_and_leaving_twice_is_refused()
    {
        var room = await RoomAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Log.AddMemberAsync(room, Bob, Bob))));
        await Log.RemoveMemberAsync(room, Bob, Bob);
        await RefusedAsync(ErrorCodes.Forbidden, Log.RemoveMemberAsync(room, Bob, Bob));
        await RefusedAsync(ErrorCodes.NotFound, Log.RemoveMemberAsync(room, Bob, Ann));

        Assert.Equal([EventTypes.Join, EventTypes.Join, EventTypes.Leave], (await AllAsync(room)).Select(e => e.Type));
    }

    [Fact]
    public async Task Events_of_membership_say_who_did_it()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Ann);
        await Log.RemoveMemberAsync(room, Bob, Ann);
        await Log.AddMemberAsync(room, Cid, Ann);
        await Log.RemoveMemberAsync(room, Cid, Cid);

        Assert.Equal(
            [(Ann, null), (Bob, Ann), (Bob, Ann), (Cid, Ann), (Cid, null)], (await AllAsync(room)).Select(e => (e.Sender, e.By)));
    }

    [Fact]
    public async Task Only_the_owner_removes_and_renames_and_who_joined_first_inherits()
    {
        var room = await RoomAsync(Bob, Cid);
        await RefusedAsync(ErrorCodes.Forbidden, Log.RemoveMemberAsync(room, Cid, Bob));
        await RefusedAsync(ErrorCodes.Forbidden, Log.ChangeRoomAsync(room, new RoomChange("new"), Bob));

        await Log.RemoveMemberAsync(room, Ann, Ann);
        await RefusedAsync(ErrorCodes.Forbidden, Log.ChangeRoomAsync(room, new RoomChange("new"), Cid));
        await Log.ChangeRoomAsync(room, new RoomChange("new", "topic"), Bob);
        await Log.RemoveMemberAsync(room, Cid, Bob);
        await Log.RemoveMemberAsync(room, Bob, Bob);
        await Log.AddMemberAsync(room, Eve, Eve);
        await Log.AddMemberAsync(room, Ann, Ann);
        await Log.RemoveMemberAsync(room, Ann, Eve);

        Assert.Equal(new RoomChange("new", "topic"), Assert.Single(await AllAsync(room), e => e.Type == EventTypes.Room).Room);
    }

    [Fact]
    public async Task A_read_marker_goes_neither_back_nor_beyond_the_head()
    {
        var room = await RoomAsync(Bob);
        await PostAsync(room, Ann, Say("a"));

        Assert.Equal(3, (await Log.MarkReadAsync(room, Bob.Id, 1_000)).UpTo);
        Assert.Equal(3, (await Log.MarkReadAsync(room, Bob.Id, 1)).UpTo);
        await PostAsync(room, Ann, Say("b"));
        Assert.Equal(3, (await Log.MarkReadAsync(room, Bob.Id, 3)).UpTo);
        var marks = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Log.MarkReadAsync(room, Bob.Id, i % 5))));
        Assert.All(marks, m => Assert.InRange(m.UpTo, 3, 4));
        Assert.Equal(1, marks.Count(m => m.Moved));
        Assert.Equal(4, (await Log.MarkReadAsync(room, Bob.Id, 0)).UpTo);
    }

    [Fact]
    public async Task An_event_says_what_kind_of_account_its_people_have_and_nothing_where_it_is_not_known()
    {
        UserRef guest = new("gus", "Gus", UserKind.Guest), member = new("mia", "Mia", UserKind.Member),
            bot = new("bo", "Bo", UserKind.Bot);
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", member);
        await Log.AddMemberAsync(room, guest, member);
        await Log.AddMemberAsync(room, bot, guest);
        await Log.AddMemberAsync(room, Ann, bot);
        await Log.AppendAsync(room, guest, [Say("1")]);
        await ReopenAsync();

        var events = await AllAsync(room);
        Assert.Equal([member, guest, bot, Ann, guest], events.Select(e => e.Sender));
        Assert.Equal([null, member, guest, bot, null], events.Select(e => e.By));
    }
}

using Chat.Contracts;

namespace Chat.Tests.Log;

/// <summary>What is said about a message later.</summary>
public abstract partial class RoomLogContract
{
    [Fact]
    public async Task Only_a_message_of_this_room_can_be_answered_edited_deleted_or_reacted_to()
    {
        var room = await RoomAsync();
        await PostAsync(await RoomAsync(), Ann, Say("elsewhere"));
        await PostAsync(room, Ann, Say("m"));
        await PostAsync(room, Ann, Edit("e", 2));
        foreach (var seq in (long[])[1, 3, 4, 1_000])
        {
            Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, Say($"a{seq}", "x", seq)));
            Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, Edit($"b{seq}", seq)));
            Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, Delete($"c{seq}", seq)));
            Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, React($"d{seq}", seq)));
        }
        Assert.Equal(3, (await AllAsync(room)).Count);
    }

    [Fact]
    public async Task Its_sender_edits_its_sender_or_the_owner_deletes_and_every_member_reacts()
    {
        var room = await RoomAsync(Bob, Cid);
        await PostAsync(room, Bob, Say("bob"));
        await PostAsync(room, Ann, Say("ann"));

        Assert.Equal(ErrorCodes.Forbidden, await RefusalAsync(room, Ann, Edit("1", 4)));
        Assert.Equal(ErrorCodes.Forbidden, await RefusalAsync(room, Cid, Edit("1", 4)));
        Assert.Equal(ErrorCodes.Forbidden, await RefusalAsync(room, Cid, Delete("2", 4)));
        Assert.Equal(ErrorCodes.Forbidden, await RefusalAsync(room, Bob, Delete("2", 5)));
        Assert.Null(await RefusalAsync(room, Bob, Edit("3", 4)));
        Assert.Null(await RefusalAsync(room, Cid, React("3", 4)));
        Assert.Null(await RefusalAsync(room, Cid, React("4", 4, "")));
        Assert.Null(await RefusalAsync(room, Ann, Delete("5", 4)));
        Assert.Null(await RefusalAsync(room, Ann, Delete("6", 5)));
    }

    [Fact]
    public async Task A_deletion_blanks_the_message_and_all_its_edits_and_nothing_else()
    {
        var room = await RoomAsync();
        await PostAsync(room, Ann, Say("m", "secret"));
        await PostAsync(room, Ann, Edit("e1", 2, "secret too"));
        await PostAsync(room, Ann, Say("reply", "a reply", 2));
        await PostAsync(room, Ann, React("r", 2, "👍"));
        await PostAsync(room, Ann, Edit("e2", 2, "secret as well"));
        await PostAsync(room, Ann, Edit("e3", 4, "another's edit"));

        var deletion = await PostAsync(room, Ann, Delete("d", 2));

        Assert.Null(deletion.Body);
        Assert.Equal([null, null, null, "a reply", "👍", null, "another's edit", null], (await AllAsync(room)).Select(e => e.Body));
        Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, Edit("e4", 2)));
        Assert.Equal(ErrorCodes.Invalid, await RefusalAsync(room, Ann, React("r2", 2)));
    }

    [Fact]
    public async Task An_edit_and_a_deletion_in_one_batch_leave_no_text_behind()
    {
        var room = await RoomAsync();

        await Log.AppendAsync(room, Ann, [Say("m", "secret"), Edit("e", 2, "secret too"), Delete("d", 2)]);

        Assert.All(await AllAsync(room), e => Assert.Null(e.Body));
    }
}

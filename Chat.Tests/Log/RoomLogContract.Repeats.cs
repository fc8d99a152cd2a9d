using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Log;

/// <summary>The same client id again.</summary>
public abstract partial class RoomLogContract
{
    [Fact]
    public async Task The_same_again_answers_with_the_first_event_and_appends_nothing()
    {
        var room = await RoomAsync(Bob);
        var target = await PostAsync(room, Bob, Say("target"));
        Draft[] drafts = [Say("m", "text"), Say("r", "text", target.Seq), Edit("e", 4), React("v", target.Seq), Delete("d", 4)];
        var first = await Log.AppendAsync(room, Ann, drafts);
        Assert.All(first, r => Assert.Null(r.Error));
        var head = (await AllAsync(room)).Count;

        var again = await Log.AppendAsync(room, Ann, drafts);

        Assert.All(again, r => Assert.True(r.Repeated));
        Assert.Equal(first.Select(r => r.Event!.Seq), again.Select(r => r.Event!.Seq));
        Assert.Equal(head, (await AllAsync(room)).Count);
    }

    [Fact]
    public async Task Who_has_left_since_is_still_told_what_was_written_and_writes_nothing_more()
    {
        var room = await RoomAsync(Bob);
        var before = await PostAsync(room, Bob, Say("before"));
        await Log.RemoveMemberAsync(room, Bob, Bob);

        var again = await Log.AppendAsync(room, Bob, [Say("before"), Say("after")]);

        Assert.Equal((before.Seq, true), (again[0].Event!.Seq, again[0].Repeated));
        Assert.Equal(ErrorCodes.Forbidden, again[1].Error!.Code);
        Assert.Equal(4, (await AllAsync(room)).Count);
        var stranger = await Assert.ThrowsAsync<ChatException>(() => Log.AppendAsync(room, Bob, [Say("after")]));
        Assert.Equal(ErrorCodes.Forbidden, stranger.Code);
    }

    [Fact]
    public async Task Another_text_reply_target_or_type_under_the_same_id_is_refused()
    {
        var room = await RoomAsync();
        await PostAsync(room, Ann, Say("one", "text"));
        await PostAsync(room, Ann, Say("two", "text", replyTo: 2));
        await PostAsync(room, Ann, Edit("edit", 2, "new"));
        Draft[] others =
        [
            Say("one", "text "), Say("one", "TEXT"), Say("one", "text", replyTo: 2), Edit("one", 2, "text"), Delete("one", 2), React("one", 2, "text"),
            Say("two", "text"), Say("two", "text", replyTo: 3), Edit("edit", 3, "new"), Edit("edit", 2, "newer"), Say("edit", "new"),
        ];

        foreach (var other in others)
            Assert.Equal(ErrorCodes.KeyReused, await RefusalAsync(room, Ann, other));
        Assert.Equal(4, (await AllAsync(room)).Count);
    }

    [Fact]
    public async Task An_id_belongs_to_one_sender_in_one_room()
    {
        string one = await RoomAsync(Bob), other = await RoomAsync();

        Assert.Equal(3, (await PostAsync(one, Ann, Say("same", "a"))).Seq);
        Assert.Equal(4, (await PostAsync(one, Bob, Say("same", "b"))).Seq);
        Assert.Equal(2, (await PostAsync(other, Ann, Say("same", "c"))).Seq);
        Assert.Equal(5, (await PostAsync(one, Ann, Say("SAME", "d"))).Seq);
    }

    [Fact]
    public async Task Within_one_batch_repeats_and_refusals_leave_the_others_alone()
    {
        var room = await RoomAsync();

        var results = await Log.AppendAsync(room, Ann, [Say("a"), Say("a"), Say("a", "other"), Say("b", "x", 99), Edit("c", 1), Say("d")]);

        Assert.Equal([2, 2, null, null, null, 3], results.Select(r => r.Event?.Seq));
        Assert.Equal([false, true, false, false, false, false], results.Select(r => r.Repeated));
        Assert.Equal([null, null, ErrorCodes.KeyReused, ErrorCodes.Invalid, ErrorCodes.Invalid, null], results.Select(r => r.Error?.Code));
        Assert.Equal([1L, 2L, 3L], (await AllAsync(room)).Select(e => e.Seq));
    }

    [Fact]
    public async Task What_was_deleted_is_still_known_by_its_id()
    {
        var room = await RoomAsync();
        await PostAsync(room, Ann, Say("m", "text"));
        await PostAsync(room, Ann, Delete("d", 2));

        var again = Assert.Single(await Log.AppendAsync(room, Ann, [Say("m", "text")]));

        Assert.True(again.Repeated);
        Assert.Equal(2, again.Event!.Seq);
        Assert.Null(again.Event.Body);
        Assert.Equal(ErrorCodes.KeyReused, await RefusalAsync(room, Ann, Say("m", "text", replyTo: 2)));
    }

    [Fact]
    public async Task A_repeat_is_answered_as_the_first_time_even_if_it_would_be_refused_now()
    {
        var room = await RoomAsync();
        await PostAsync(room, Ann, Say("m"));
        var edit = await PostAsync(room, Ann, Edit("e", 2, "better"));
        await PostAsync(room, Ann, Delete("d", 2));

        var again = Assert.Single(await Log.AppendAsync(room, Ann, [Edit("e", 2, "better")]));

        Assert.Equal(edit.Seq, again.Event!.Seq);
    }

    [Fact]
    public async Task The_same_from_many_connections_at_once_is_appended_once()
    {
        var room = await RoomAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Log.AppendAsync(room, Ann, [Say($"{i % 4}", $"text {i % 4}")]))));

        Assert.Equal(4, answers.Count(a => !a[0].Repeated));
        Assert.Equal(5, (await AllAsync(room)).Count);
        Assert.All(answers.GroupBy(a => a[0].Event!.ClientId), g => Assert.Single(g.Select(a => a[0].Event!.Seq).Distinct()));
    }
}

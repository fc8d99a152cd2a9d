using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>What the relay is told is a hint: whatever is lost, doubled or mixed up, sessions get the log.</summary>
public sealed class RelayTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private RelayRig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await RelayRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_gap_in_what_is_told_is_filled_from_the_log()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        _rig.Log.Telling = _ => [];
        await _rig.SayAsync(room, Ann, 3);
        _rig.Log.Telling = events => [events];
        await _rig.SayAsync(room, Ann);

        await ann.ReceivesAsync(room, 1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task What_is_told_twice_late_or_in_the_wrong_order_is_delivered_once_in_order()
    {
        var random = new Random(Seed.Choose());
        var room = await _rig.RoomAsync(Bob);
        var (bob, _) = await _rig.ConnectAsync(Bob, (room, 0));
        var late = new List<ChatEvent>();
        _rig.Log.Telling = events =>
        {
            late.AddRange(events);
            var told = late.Concat(events).Where(_ => random.Next(3) > 0).ToArray();
            random.Shuffle(told);
            return told.Select(e => (IReadOnlyList<ChatEvent>)[e]);
        };
        for (var i = 0; i < 100; i++)
            await _rig.SayAsync(room, Ann, random.Next(1, 4));
        _rig.Log.Telling = events => [events];
        await _rig.SayAsync(room, Ann);

        await bob.ReceivesAsync(room, Numbers(1, (await _rig.Log.HeadsAsync([room], Ct))[room]));
    }

    [Fact]
    public async Task What_was_never_told_is_found_by_the_sweep()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        _rig.Log.Telling = _ => [];
        await _rig.SayAsync(room, Ann, 2);

        await _rig.PassUntilAsync(() => ann.Numbers(room).Count == 3, "the sweep finds it");

        await ann.ReceivesAsync(room, 1, 2, 3);
    }

    [Fact]
    public async Task A_membership_that_was_never_told_is_found_by_the_sweep()
    {
        var (bob, _) = await _rig.ConnectAsync(Bob);
        _rig.Log.Telling = _ => [];
        var room = await _rig.RoomAsync(Bob);
        await _rig.SayAsync(room, Ann);

        await _rig.PassUntilAsync(() => bob.Numbers(room).Count == 2, "the sweep finds it");

        await bob.ReceivesAsync(room, 2, 3);
        await bob.ReceivesAsync<Notice.RoomUpdated>(u => u.Room.Id == room);
    }

    [Fact]
    public async Task A_membership_that_was_never_told_and_is_over_is_found_by_the_sweep_but_none_from_before_the_sync()
    {
        var before = await _rig.RoomAsync(Bob);
        await _rig.Log.RemoveMemberAsync(before, Bob, Ann);
        var (bob, session) = await _rig.ConnectAsync(Bob);
        _rig.Log.Telling = _ => [];
        var room = await _rig.RoomAsync(Bob);
        await _rig.SayAsync(room, Ann);
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await _rig.SayAsync(room, Ann);

        await _rig.PassUntilAsync(() => bob.Notices<Notice.RoomRemoved>().Any(), "the sweep finds it");

        await bob.ReceivesAsync(room, 2, 3, 4);
        Assert.Equal((room, 4L, 2L), Assert.Single(bob.Notices<Notice.RoomUpdated>().Select(u => (u.Room.Id, u.Room.Head, u.Room.Joined))));
        Assert.False(session.IsIn(room));
        await _rig.Log.AddMemberAsync(before, Bob, Ann);
        await _rig.Log.RemoveMemberAsync(before, Bob, Ann);
        await _rig.PassUntilAsync(() => bob.Notices<Notice.RoomRemoved>().Count() > 1, "the sweep finds the second membership");
        await bob.ReceivesAsync(before, 4, 5);
        await bob.ReceivesAsync(room, 2, 3, 4);
    }

    [Fact]
    public async Task Word_of_a_join_that_comes_again_after_the_leave_brings_nothing_back()
    {
        var room = await _rig.RoomAsync(Bob);
        var join = (await _rig.Log.ReadAfterAsync(room, 1, 1, Ct))[0];
        var (bob, session) = await _rig.ConnectAsync(Bob, (room, 0));
        await _rig.Log.RemoveMemberAsync(room, Bob, Ann);
        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);

        _rig.Backplane.Hear(join);
        await _rig.Log.AddMemberAsync(room, Bob, Ann);

        await bob.ReceivesAsync(room, 1, 2, 3, 4);
        Assert.True(session.IsIn(room));
    }

    [Fact]
    public async Task Who_is_on_another_node_is_shown_as_that_node_says_it()
    {
        var room = await _rig.RoomAsync(Bob, Cid);
        var (ann, _) = await _rig.ConnectAsync(Ann);
        _rig.Backplane.Hear(new NodePresence("other", [new(Bob.Id, PresenceState.Online, [room]), new(Cid.Id, PresenceState.Away, [room])], PresencePart.First | PresencePart.Last));
        await ann.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Online)));

        // On a second node Bob is away, and on the first no more; Cid is not named any more.
        _rig.Backplane.Hear(new NodePresence("third", [new(Bob.Id, PresenceState.Away, [room])], PresencePart.Some));
        _rig.Backplane.Hear(new NodePresence("other", [], PresencePart.First));
        Assert.DoesNotContain(ann.Notices<Notice.PresenceChanged>(), p => p.Users.Any(u => u.State == PresenceState.Offline));
        _rig.Backplane.Hear(new NodePresence("other", [], PresencePart.Last));

        await ann.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Cid.Id, PresenceState.Offline)));
        await ann.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Away)));
        _rig.Backplane.Lose("third");
        await _rig.PassUntilAsync(
            () => ann.Notices<Notice.PresenceChanged>().Any(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Offline))), "who does not come back is offline");
        // Ann was said once, however often somebody looked.
        Assert.Equal([new Presence(Ann.Id, PresenceState.Online)], _rig.Backplane.Presence.Select(p => new Presence(p.UserId, p.State)));
    }

    [Fact]
    public async Task Word_of_events_that_do_not_exist_does_no_harm()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        var reads = _rig.Log.Reads;

        _rig.Backplane.Hear(new ChatEvent { RoomId = room, Seq = 99, Id = "x", Type = EventTypes.Message, Sender = Bob, At = default });
        await Eventually.TrueAsync(() => _rig.Log.Reads > reads, Soon, Ct);
        await _rig.SayAsync(room, Ann);

        await ann.ReceivesAsync(room, 1, 2);
    }

    [Fact]
    public async Task Commits_during_the_first_read_are_neither_lost_nor_doubled()
    {
        var room = await _rig.RoomAsync();
        await _rig.SayAsync(room, Ann, 5);
        var rounds = 0;
        // Whenever a page has been read, but before the relay has it, something more is committed.
        _rig.Log.AfterRead = async () =>
        {
            if (rounds++ < 5)
                await _rig.SayAsync(room, Ann, 2);
        };

        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));

        // How often it reads is the relay's affair: what it hears of, it need not read.
        await Eventually.TrueAsync(() => rounds > 0 && ann.Numbers(room).Count == 6 + (2 * Math.Min(rounds, 5)), Soon, Ct, "all is delivered");
        await ann.ReceivesAsync(room, Numbers(1, 6 + (2 * Math.Min(rounds, 5))));
    }

    [Fact]
    public async Task A_commit_between_the_first_read_and_silence_is_delivered()
    {
        var room = await _rig.RoomAsync();
        await _rig.SayAsync(room, Ann, 5);
        var reads = 0;
        // The head has been read, the relay does not have it yet: the last moment at which a commit could fall between two stools.
        _rig.Log.AfterRead = () => reads++ == 0 ? _rig.SayAsync(room, Ann, 2) : Task.CompletedTask;

        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));

        await ann.ReceivesAsync(room, Numbers(1, 8));
    }

    [Fact]
    public async Task A_read_that_fails_is_tried_again_within_seconds()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        _rig.Log.Telling = events => [[events[^1]]];
        var failed = 0;
        _rig.Log.AfterRead = () => failed++ == 0 ? throw new ChatException(ErrorCodes.Unavailable, "once") : Task.CompletedTask;

        await _rig.SayAsync(room, Ann, 3); // a gap, and it cannot be filled at once
        await _rig.PassUntilAsync(() => ann.Numbers(room).Count == 4, "it is read again");

        Assert.True(failed > 0);
        await ann.ReceivesAsync(room, 1, 2, 3, 4);
    }

    [Fact]
    public async Task While_the_log_cannot_be_read_sessions_wait_and_afterwards_go_on()
    {
        var room = await _rig.RoomAsync();
        await _rig.SayAsync(room, Ann, 1_000);
        _rig.Log.AfterRead = () => throw new ChatException(ErrorCodes.Unavailable, "for a while");
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        for (var second = 0; second < 3; second++)
        {
            var reads = _rig.Log.Reads;
            await _rig.PassUntilAsync(() => _rig.Log.Reads > reads, "it is tried again");
        }
        Assert.Empty(ann.Numbers(room));
        Assert.False(ann.Aborted);

        _rig.Log.AfterRead = () => Task.CompletedTask;
        await _rig.PassUntilAsync(() => ann.Numbers(room).Count > 0, "it goes on");

        await ann.ReceivesAsync(room, Numbers(1, 1_001));
    }

    [Fact]
    public async Task Many_who_come_back_at_once_share_the_reads()
    {
        const int Sessions = 60, Events = 2_000;
        var room = await _rig.RoomAsync();
        for (var i = 0; i < Events / 100; i++)
            await _rig.SayAsync(room, Ann, 100);
        var before = _rig.Log.Reads;

        var clients = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(() => _rig.ConnectAsync(Ann, (room, 0)))));

        foreach (var (transport, _) in clients)
            await transport.ReceivesAsync(room, Numbers(1, Events + 1));
        // Each block once, and the head and the page before it.
        Assert.InRange(_rig.Log.Reads - before, 1, (Events / HistoryBlocks.BlockSize) + 4);
    }

    [Fact]
    public async Task A_text_that_was_deleted_is_delivered_from_no_cache()
    {
        var room = await _rig.RoomAsync();
        var message = (await _rig.SayAsync(room, Ann, body: "secret"))[0].Event!.Seq;
        await _rig.SayAsync(room, Ann, 300);
        await _rig.Log.AppendAsync(room, Ann, [new(EventTypes.Edit, "edit", "secret too", Target: message)]);
        for (var i = 0; i < 10; i++)
            await _rig.SayAsync(room, Ann, 100);
        var (first, one) = await _rig.ConnectAsync(Ann, (room, 0)); // fills the caches
        await first.ReceivesAsync(room, Numbers(1, 1_303));

        await _rig.Log.AppendAsync(room, Ann, [new(EventTypes.Delete, "delete", Body: null, Target: message)]);
        await first.ReceivesAsync(room, Numbers(1, 1_304)); // who deletes is answered a moment before the relay hears of it
        one.Close();
        var (second, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await second.ReceivesAsync(room, Numbers(1, 1_304));

        Assert.DoesNotContain(second.Written.OfType<ChatEvent>(), e => e.Body?.StartsWith("secret", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task A_feed_that_nobody_follows_is_forgotten_and_counts_stay_right()
    {
        var room = await _rig.RoomAsync(Bob);
        var (ann, one) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1, 2);
        var (_, two) = await _rig.ConnectAsync(Bob);
        await RelayRig.SyncAsync(one, (room, 1));
        await _rig.Log.RemoveMemberAsync(room, Bob, Bob);
        await _rig.Log.AddMemberAsync(room, Bob, Bob);
        await ann.ReceivesAsync(room, 1, 2, 2, 3, 4);
        var feed = _rig.Relay.Feeds.Find(room)!;
        await Eventually.TrueAsync(() => feed is { References: 2, SubscriptionCount: 2 }, TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken, "he is back in it");

        one.Close();
        one.Close();
        two.Close();
        Assert.Equal(0, feed.References);
        Assert.Equal(0, feed.SubscriptionCount);
        Assert.Empty(_rig.Relay.All());
        await _rig.PassUntilAsync(() => _rig.Relay.Feeds.Find(room) is null, "it is forgotten");
    }

    private static IEnumerable<long> Numbers(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(n => (long)n);
}

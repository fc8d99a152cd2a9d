using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Tests.Log;
using Chat.Tests.Support;

namespace Chat.Tests.Relay;

/// <summary>
/// Changes of requests, invitations and blocks on one node, as the sessions of another node see them.
/// </summary>
public sealed class ConsentRelayTests : IAsyncLifetime
{
    private static readonly UserRef Ann = RelayRig.Ann, Bob = RelayRig.Bob;
    private static readonly ConsentBounds Bounds = new(Blocked: 10, Open: 10, Waiting: 10);

    private readonly SqliteStore _store = new();
    private RelayRig _here = null!, _there = null!;

    public async ValueTask InitializeAsync()
    {
        _there = await RelayRig.StartAsync(store: _store, consent: true);
        // This node hears of writes through the test's backplane only.
        _here = await RelayRig.StartAsync(store: _store, writer: _there.Log, consent: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        _store.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_block_on_another_node_hides_the_room_at_its_word_or_at_the_next_comparison(bool word)
    {
        var room = await _here.Log.OpenDirectAsync(Ann, Bob);
        var (bob, _) = await _here.ConnectAsync(Bob);

        await _here.Log.BlockAsync(Bob, Ann, Bounds);
        Tell(word, Bob.Id);
        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);

        await _here.SayAsync(room, Ann);
        await _here.Log.UnblockAsync(Bob, Ann.Id);
        Tell(word, Bob.Id);
        await bob.ReceivesAsync<Notice.RoomUpdated>(r => r.Room.Id == room);
        await bob.ReceivesAsync(room, 2, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_is_accepted_on_another_node_is_open_here_at_its_word_or_at_the_next_comparison(
        bool word)
    {
        var room = await _here.Log.RequestDirectAsync(Ann, Bob, Bounds);
        var (ann, _) = await _here.ConnectAsync(Ann);
        var (bob, _) = await _here.ConnectAsync(Bob);
        _here.Relay.Signal(new RelaySignal.Typing(room, Bob.Id));

        await _here.SayAsync(room, Bob);
        Tell(word, Ann.Id, Bob.Id);
        await ann.ReceivesAsync<Notice.RoomUpdated>(r => r.Room.Id == room && r.Room.Request is null);
        await bob.ReceivesAsync<Notice.RoomUpdated>(r => r.Room.Id == room && r.Room.Request is null);
        await ann.ReceivesAsync<Notice.PresenceChanged>(p =>
            p.Users.Contains(new Presence(Bob.Id, PresenceState.Online)));

        Assert.Empty(ann.Notices<Notice.Typing>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_invitation_made_on_another_node_comes_at_its_word_or_at_the_next_comparison(bool word)
    {
        var room = await _here.Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        var (bob, _) = await _here.ConnectAsync(Bob);

        await _here.Log.InviteAsync(room, Bob, Ann, Bounds);
        Tell(word, Bob.Id);

        await bob.ReceivesAsync<Notice.Invited>(i => i.Invitation.Room.Id == room && i.Invitation.By == Ann);
    }

    [Fact]
    public async Task A_join_of_a_hidden_room_is_never_shown_however_late_its_word_comes()
    {
        var (bob, session) = await _here.ConnectAsync(Bob);
        await _here.Log.BlockAsync(Bob, Ann, Bounds);
        var hidden = await _here.Log.OpenDirectAsync(Ann, Bob);
        var seen = await _here.Log.CreateAsync(RoomKind.Private, "seen", "", RelayRig.Cid);
        await _here.Log.AddMemberAsync(seen, Bob, RelayRig.Cid);

        _here.Backplane.Hear(
            [.. await _there.Log.ReadAfterAsync(hidden, 0, 10, TestContext.Current.CancellationToken)]);
        _here.Backplane.Hear([.. await _there.Log.ReadAfterAsync(seen, 0, 10, TestContext.Current.CancellationToken)]);
        await bob.ReceivesAsync(seen, 2);

        Assert.DoesNotContain(bob.Notices<Notice.RoomUpdated>(), r => r.Room.Id == hidden);
        Assert.Empty(bob.Numbers(hidden));
        Assert.False(session.IsIn(hidden));
    }

    [Fact]
    public async Task A_change_is_read_once_for_all_sessions_of_a_person()
    {
        var ct = TestContext.Current.CancellationToken;
        var room = await _here.Log.OpenDirectAsync(Ann, Bob);
        var sessions = new List<RecordingTransport>();
        for (var i = 0; i < 20; i++)
            sessions.Add((await _here.ConnectAsync(Bob)).Transport);
        var before = _here.ConsentReads;

        for (var change = 1; change <= 5; change++)
        {
            await _here.Log.BlockAsync(Bob, Ann, Bounds);
            Tell(word: true, Bob.Id);
            await AllAsync(transport => transport.Notices<Notice.RoomRemoved>().Count() == change);
            await _here.Log.UnblockAsync(Bob, Ann.Id);
            Tell(word: true, Bob.Id);
            await AllAsync(transport => transport.Notices<Notice.RoomUpdated>().Count() == change);
        }
        var joined = await _here.Log.CreateAsync(RoomKind.Private, "joined", "", Ann);
        await _here.Log.AddMemberAsync(joined, Bob, Ann);
        _here.Backplane.Hear([.. await _there.Log.ReadAfterAsync(joined, 0, 10, ct)]);
        await AllAsync(transport => transport.Numbers(joined).Contains(2));

        Assert.Equal(11, _here.ConsentReads - before);

        Task AllAsync(Func<RecordingTransport, bool> heard) => Eventually.TrueAsync(
            () => sessions.TrueForAll(s => heard(s)), TimeSpan.FromSeconds(20), ct, "all sessions heard of it");
    }

    [Fact]
    public async Task A_change_that_cannot_be_read_now_is_applied_as_soon_as_it_can()
    {
        var room = await _here.Log.OpenDirectAsync(Ann, Bob);
        var (bob, _) = await _here.ConnectAsync(Bob);
        var reads = _here.ConsentReads;
        _here.CatalogFails = true;
        await _here.Log.BlockAsync(Bob, Ann, Bounds);
        Tell(word: true, Bob.Id);
        await _here.PassUntilAsync(() => _here.ConsentReads >= reads + 2, "it has been tried again");
        Assert.Empty(bob.Notices<Notice.RoomRemoved>());

        _here.CatalogFails = false;
        await _here.PassUntilAsync(
            () => bob.Notices<Notice.RoomRemoved>().Any(r => r.RoomId == room), "the room is gone");
    }

    private void Tell(bool word, params string[] people)
    {
        if (word)
            _here.Backplane.HearConsent(people);
        else
            _here.Backplane.Miss(null);
    }
}

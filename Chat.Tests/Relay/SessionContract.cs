using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>
/// One client's delivery: order, membership, the clock, and that it is nobody else's concern; wherever what is delivered was written.
/// </summary>
public abstract partial class SessionContract : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private RelayRig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await StartAsync(new LimitOptions());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }

    /// <summary>Ends what was started.</summary>
    private protected virtual ValueTask StopAsync() => _rig.DisposeAsync();

    /// <summary>A relay, and a log to write to.</summary>
    private protected abstract Task<RelayRig> StartAsync(LimitOptions limits);

    [Fact]
    public async Task Nothing_is_written_before_the_first_sync_nor_between_a_sync_and_its_answer()
    {
        var room = await _rig.RoomAsync();
        var transport = new RecordingTransport();
        var session = _rig.Open(transport, Ann);
        await _rig.SayAsync(room, Ann);
        await session.SyncAsync(new Dictionary<string, long> { [room] = 0 }, cancellation: Ct);
        await _rig.SayAsync(room, Ann);
        _rig.Relay.Signal(new RelaySignal.ReadMarker(room, Bob.Id, 1));
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        var (other, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await other.ReceivesAsync(room, 1, 2, 3); // the relay has worked meanwhile
        Assert.Empty(transport.Written);

        session.Resume();

        await transport.ReceivesAsync(room, 1, 2, 3);
    }

    [Fact]
    public async Task A_stalled_client_delays_nobody_and_is_disconnected_after_the_timeout()
    {
        var room = await _rig.RoomAsync(Bob);
        var (slow, _) = await _rig.ConnectAsync(Bob);
        var (quick, _) = await _rig.ConnectAsync(Ann);
        slow.Stall();
        await _rig.SayAsync(room, Ann, 50);
        await quick.ReceivesAsync(room, Enumerable.Range(3, 50).Select(n => (long)n));
        await Eventually.TrueAsync(() => slow.Written.Count > 0, Soon, Ct);

        Seconds(59);
        Assert.False(slow.Aborted);

        // The test sees the write a moment before the session notes when it began.
        var more = 0;
        await Eventually.TrueAsync(() =>
        {
            if (more++ < 61)
                Seconds(1);
            return slow.Aborted;
        }, Soon, Ct);
        Assert.False(quick.Aborted);
    }

    [Fact]
    public async Task While_a_write_is_in_flight_what_gathers_goes_out_together_and_nothing_is_queued()
    {
        var room = await _rig.RoomAsync(Bob);
        var (slow, _) = await _rig.ConnectAsync(Bob);
        slow.Stall();
        for (var i = 0; i < 100; i++)
            await _rig.SayAsync(room, Ann);
        await Eventually.TrueAsync(() => slow.Numbers(room).Count > 0, Soon, Ct);
        Assert.True(slow.Numbers(room).Count < 100);

        slow.Go();

        await slow.ReceivesAsync(room, Enumerable.Range(3, 100).Select(n => (long)n));
    }

    [Fact]
    public async Task A_checkpoint_with_the_count_comes_every_fifteen_seconds()
    {
        var room = await _rig.RoomAsync();
        var (ann, session) = await _rig.ConnectAsync(Ann, (room, 0));
        await _rig.SayAsync(room, Ann, 4);
        await ann.ReceivesAsync(room, 1, 2, 3, 4, 5);

        Seconds(15);
        await ann.ReceivesAsync<Notice.Checkpoint>(_ => true);
        Assert.Equal([5L], ann.Notices<Notice.Checkpoint>().Select(c => c.Delivered));
        await RelayRig.SyncAsync(session, (room, 3));
        await ann.ReceivesAsync(room, 1, 2, 3, 4, 5, 4, 5);
        Seconds(15);
        await ann.ReceivesAsync<Notice.Checkpoint>(c => c.Delivered != 5);
        Assert.Equal([5L, 2L], ann.Notices<Notice.Checkpoint>().Select(c => c.Delivered));
    }

    [Fact]
    public async Task A_checkpoint_is_not_lost_while_rooms_cannot_be_read()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        _rig.CatalogFails = true;
        await _rig.Log.ChangeRoomAsync(room, new RoomChange("new"), Ann); // to be read for RoomUpdated, and cannot
        for (var second = 0; second < 14; second++)
        {
            var tries = _rig.CatalogTries;
            // A tick that comes while a try is still failing leaves it to the next one.
            await Eventually.TrueAsync(
                () =>
                {
                    Seconds(1);
                    return _rig.CatalogTries > tries;
                },
                Soon, Ct, "it is tried again within seconds");
        }
        _rig.CatalogFails = false;

        await Eventually.TrueAsync(
            () =>
            {
                Seconds(1);
                return ann.Notices<Notice.Checkpoint>().Any(c => c.Delivered is 1 or 2)
                    && ann.Notices<Notice.RoomUpdated>().Any(u => u.Room.Name == "new");
            },
            Soon, Ct, "the checkpoint comes, and what could not be read");
    }

    [Fact]
    public async Task Who_is_too_far_behind_is_told_so_and_gets_the_newest()
    {
        await using var rig = await StartAsync(new LimitOptions { CatchUp = 50 });
        var room = await rig.RoomAsync();
        await rig.SayAsync(room, Ann, 99);

        var (ann, _) = await rig.ConnectAsync(Ann, (room, 10));

        await Eventually.TrueAsync(() => ann.Numbers(room) is [.., 100], Soon, Ct);
        Assert.Equal(new Notice.Skipped(room, 11, 50), ann.Written.First(w => w is ChatEvent or Notice.Skipped));
        Assert.Equal(Enumerable.Range(51, 50).Select(n => (long)n), ann.Numbers(room));
    }

    [Fact]
    public async Task A_failed_sync_says_so_and_the_next_one_works()
    {
        var room = await _rig.RoomAsync();
        var (ann, session) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        _rig.CatalogFails = true;
        Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => RelayRig.SyncAsync(session, (room, 1)))).Code);
        _rig.CatalogFails = false;
        await _rig.SayAsync(room, Ann);

        await RelayRig.SyncAsync(session, (room, 1));

        await ann.ReceivesAsync(room, 1, 2);
        Assert.Equal(1, _rig.Relay.Feeds.Find(room)!.References);
    }

    [Fact]
    public async Task A_sync_whose_client_is_gone_is_given_up_and_one_that_follows_it_takes_its_place()
    {
        var room = await _rig.RoomAsync();
        var (ann, session) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, 1);
        using var gone = new CancellationTokenSource();
        var abandoned = session.SyncAsync(new Dictionary<string, long>(), Never, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned.WaitAsync(Soon, Ct));

        var first = session.SyncAsync(new Dictionary<string, long>(), Never, Ct);
        var second = RelayRig.SyncAsync(session, (room, 0));

        Assert.Equal(ErrorCodes.Unavailable,
            (await Assert.ThrowsAsync<ChatException>(() => first.WaitAsync(Soon, Ct))).Code);
        Assert.Equal([room], (await second.WaitAsync(Soon, Ct)).Select(r => r.Id));
        await ann.ReceivesAsync(room, 1, 1);
        var last = session.SyncAsync(new Dictionary<string, long>(), Never, Ct);
        session.Close();
        await Assert.ThrowsAsync<ChatException>(() => last.WaitAsync(Soon, Ct));

        static async Task<MyRooms> Never(CancellationToken stopping)
        {
            await Task.Delay(Timeout.Infinite, stopping);
            return new MyRooms([], new Dictionary<string, long>());
        }
    }

    [Fact]
    public async Task A_cursor_from_another_life_of_the_database_delivers_what_is_new()
    {
        var room = await _rig.RoomAsync();
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 1_000_000));
        await _rig.SayAsync(room, Ann);

        await ann.ReceivesAsync(room, 2);
    }

    [Fact]
    public async Task A_sign_in_that_ends_ends_its_connections_synced_or_not()
    {
        var (synced, _) = await _rig.ConnectAsync(Ann);
        var fresh = new RecordingTransport();
        _rig.Open(fresh, Ann);
        var (other, _) = await _rig.ConnectAsync(Bob);

        _rig.Relay.EndSignIn("sign-in ann");

        Assert.Equal((true, true, false), (synced.Aborted, fresh.Aborted, other.Aborted));
    }

    private void Seconds(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
    }
}

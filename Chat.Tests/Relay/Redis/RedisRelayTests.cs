using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay.Redis;

/// <summary>What happens on one node reaches the clients of another, while Redis does what it should.</summary>
public sealed class RedisRelayTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private RelayCluster _cluster = null!;
    private string _connection = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RelayNode A => _cluster.A;

    private RelayNode B => _cluster.B;

    public async ValueTask InitializeAsync()
    {
        _connection = await redis.NewClusterAsync(Ct);
        _cluster = await RelayCluster.StartAsync(_connection);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task What_both_nodes_write_is_delivered_on_both_in_one_order()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        var (ann, _) = await B.ConnectAsync(Ann, (room, 0));

        await Task.WhenAll(Enumerable.Range(0, 100).SelectMany(_ => new Task[] { A.SayAsync(room, Bob, 2), B.SayAsync(room, Ann, 3) }));

        await bob.ReceivesAsync(room, Enumerable.Range(1, 502).Select(n => (long)n));
        await ann.ReceivesAsync(room, Enumerable.Range(1, 502).Select(n => (long)n));
        Assert.Equal(bob.Written.OfType<ChatEvent>(), ann.Written.OfType<ChatEvent>());
    }

    [Fact]
    public async Task While_all_is_well_what_comes_over_redis_is_enough()
    {
        await A.UntilTrustingAsync();
        var (room, bob) = await _cluster.BobListensAsync();
        await B.SayAsync(room, Ann);
        await bob.ReceivesAsync(room, 1, 2, 3);

        // The subscription to the room's channel asks for a comparison, which may fall into the first of these.
        var reads = -1L;
        for (var round = 1; reads != A.Log.Reads; round++)
        {
            Assert.True(round <= 3, "messages over Redis are read from the log all the same");
            reads = A.Log.Reads;
            for (var i = 0; i < 50; i++)
                await B.SayAsync(room, Ann);
            await bob.ReceivesAsync(room, Enumerable.Range(1, 3 + (round * 50)).Select(n => (long)n));
        }
    }

    [Fact]
    public async Task What_comes_over_redis_in_another_order_twice_or_not_at_all_is_put_right_by_its_numbers()
    {
        await A.UntilTrustingAsync();
        var (room, bob) = await _cluster.BobListensAsync();
        var told = new ConcurrentQueue<ChatEvent>();
        B.Log.Telling = events =>
        {
            events.ToList().ForEach(told.Enqueue);
            return [];
        };
        await B.SayAsync(room, Ann, 4);
        // The sender has its answer before anybody is told.
        await Eventually.TrueAsync(() => told.Count == 4, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var held = told.ToArray();
        B.Log.Telling = events => [events];

        B.Log.Tell(held[1]); // and the one before it never comes, nor do those after it in time
        await bob.ReceivesAsync(room, 1, 2, 3, 4, 5, 6);
        B.Log.Tell(held[3], held[1], held[0]);
        await _cluster.DeliversAsync(room, bob);
    }

    [Fact]
    public async Task Who_is_invited_on_one_node_learns_it_on_another_where_nobody_follows_the_room()
    {
        var (bob, _) = await A.ConnectAsync(Bob);
        var room = await B.Rig.RoomAsync();
        await B.Log.AddMemberAsync(room, Bob, Ann);

        await bob.ReceivesAsync<Notice.RoomUpdated>(u => u.Room.Id == room);
        await B.SayAsync(room, Ann);
        await bob.ReceivesAsync(room, 2, 3);
    }

    [Fact]
    public async Task Who_is_removed_on_one_node_hears_nothing_more_on_another()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        await B.SayAsync(room, Ann);
        await B.Log.RemoveMemberAsync(room, Bob, Ann);
        await B.SayAsync(room, Ann);

        await bob.ReceivesAsync<Notice.RoomRemoved>(r => r.RoomId == room);
        await bob.ReceivesAsync(room, 1, 2, 3, 4);
    }

    [Fact]
    public async Task Typing_read_markers_and_the_end_of_a_sign_in_are_heard_on_the_other_node()
    {
        var (room, bob) = await _cluster.BobListensAsync();

        B.Relay.Signal(new RelaySignal.Typing(room, Ann.Id));
        B.Relay.Signal(new RelaySignal.ReadMarker(room, Ann.Id, 2));
        await bob.ReceivesAsync<Notice.Typing>(t => t == new Notice.Typing(room, Ann.Id));
        await bob.ReceivesAsync<Notice.ReadMarker>(m => m == new Notice.ReadMarker(room, Ann.Id, 2));
        B.Relay.EndSignIn("sign-in bob");

        await Eventually.TrueAsync(() => bob.Aborted, Soon, Ct);
    }

    [Fact]
    public async Task Who_is_online_anywhere_is_online_everywhere_until_the_last_connection_is_gone()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        var (annOnB, onB) = await B.ConnectAsync(Ann, (room, 2));
        await bob.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Online)));
        await annOnB.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Bob.Id, PresenceState.Online)));
        var (_, onA) = await A.ConnectAsync(Ann, (room, 2));

        onB.Close();
        // A node that comes later is told of both.
        var c = await _cluster.AddAsync(_connection);
        var (bobOnC, _) = await c.ConnectAsync(Bob, (room, 2));
        await bobOnC.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Online)));
        Assert.DoesNotContain(bob.Notices<Notice.PresenceChanged>(), p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Offline)));

        onA.Close();
        await bob.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Offline)));
    }

    [Fact]
    public async Task Whose_node_is_killed_goes_offline_after_some_seconds()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        await B.ConnectAsync(Ann, (room, 2));
        await bob.ReceivesAsync<Notice.PresenceChanged>(p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Online)));

        await B.KillAsync();

        await Eventually.TrueAsync(
            () => bob.Notices<Notice.PresenceChanged>().Any(p => p.Users.Contains(new Presence(Ann.Id, PresenceState.Offline))), TimeSpan.FromSeconds(30), Ct);
        Assert.NotEqual(0, A.Count(223, B.Id));
        await A.UntilHealthyAsync();
    }
}

using System.Diagnostics;
using Chat.Server.Relay;
using Chat.Server.Relay.Redis;
using Chat.Tests.Support;
using Chat.Tests.Support.Proxy;
using StackExchange.Redis;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay.Redis;

/// <summary>Redis may do what it likes: everything is delivered, only later, and one can see why.</summary>
public sealed class RedisFaultTests(SharedRedis shared) : IAsyncLifetime
{
    private RedisProcess _redis = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisProcess.RunAsync(Ct);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task While_redis_stands_still_all_is_delivered_and_local_clients_wait_for_nothing()
    {
        await using var cluster = await RelayCluster.StartAsync(_redis.Address);
        var (room, bob) = await cluster.BobListensAsync();
        var (ann, _) = await cluster.B.ConnectAsync(Ann, (room, 2));
        await cluster.DeliversAsync(room, bob);

        _redis.Freeze();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 200; i++)
            await cluster.B.SayAsync(room, Ann);
        await ann.ReceivesAsync(room, Enumerable.Range(3, 201).Select(n => (long)n));
        Output.Write($"200 messages to a local client while Redis stands still: {clock.ElapsedMilliseconds} ms");
        await bob.ReceivesAsync(room, Enumerable.Range(1, 203).Select(n => (long)n));
        await cluster.A.UntilDeafAsync();
        await cluster.B.UntilDeafAsync();
        await cluster.DeliversAsync(room, bob);

        _redis.Thaw();
        await cluster.A.UntilHealthyAsync();
        await cluster.B.UntilHealthyAsync();
        await cluster.DeliversAsync(room, bob);
        cluster.A.HasSaidEachChangeOnce();
    }

    [Fact]
    public async Task Without_redis_all_is_delivered_and_when_it_comes_it_is_used()
    {
        await _redis.KillAsync();
        await using var cluster = await RelayCluster.StartAsync(_redis.Address, redisIsThere: false);
        var (room, bob) = await cluster.BobListensAsync();
        await cluster.DeliversAsync(room, bob);
        var other = await cluster.B.Rig.RoomAsync();
        await cluster.B.Log.AddMemberAsync(other, Bob, Ann); // and nobody follows it on A
        await bob.ReceivesAsync<Notice.RoomUpdated>(u => u.Room.Id == other);
        cluster.A.Relay.EndedSignIns = (ids, _) => Task.FromResult<IReadOnlyList<string>>([.. ids]);
        await Eventually.TrueAsync(() => bob.Aborted, TimeSpan.FromSeconds(20), Ct, "a sign-in that ended elsewhere is seen");
        cluster.A.Relay.EndedSignIns = (_, _) => Task.FromResult<IReadOnlyList<string>>([]);

        await _redis.StartAsync(Ct);
        await cluster.HearEachOtherAsync();

        await _redis.KillAsync();
        var (again, _) = await cluster.A.ConnectAsync(Bob, (room, 0));
        await cluster.DeliversAsync(room, again);
        await cluster.A.UntilDeafAsync();
        await Eventually.TrueAsync(() => cluster.A.Count(220, "not reached") >= 2, TimeSpan.FromSeconds(20), Ct,
            "the node says that Redis is gone again");
        cluster.A.HasSaidEachChangeOnce();
    }

    [Fact]
    public async Task What_is_said_while_a_connection_to_redis_breaks_is_not_missed()
    {
        await using var cluster = await RelayCluster.StartAsync(_redis.Address);
        var (room, bob) = await cluster.BobListensAsync();
        for (var i = 0; i < 4; i++)
        {
            var kill = _redis.ExecuteAsync("", "CLIENT", "KILL", "TYPE", "pubsub");
            for (var j = 0; j < 20; j++)
                await cluster.B.SayAsync(room, Ann);
            await kill;
            await _redis.ExecuteAsync("", "FLUSHALL");

            await cluster.DeliversAsync(room, bob);
        }
    }

    [Fact]
    public async Task What_is_said_between_a_rooms_first_read_and_its_subscription_is_not_missed()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = new FaultProxy(new Uri($"http://{_redis.Address}"));
        proxy.Do(_ => new HeldSubscription(released.Task));
        await using var cluster = await RelayCluster.StartAsync(_redis.Address, $"127.0.0.1:{proxy.Uri.Port}");
        await cluster.A.UntilTrustingAsync();
        var (room, bob) = await cluster.BobListensAsync(); // his room is read, and its channel not subscribed to

        await using var listener = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await listener.GetSubscriber().SubscribeAsync(RedisNames.Room(room), (_, _) => said.TrySetResult());
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        await cluster.B.SayAsync(room, Ann);
        await said.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        // The watch asks, too, where a subscription takes long, but never for one room.
        cluster.A.Backplane.MayHaveMissed += rooms =>
        {
            if (rooms?.Contains(room) is true)
                asked.TrySetResult();
        };
        released.SetResult();

        await bob.ReceivesAsync(room, 1, 2, 3);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task What_a_node_cannot_say_over_redis_is_looked_for_by_the_others()
    {
        await _redis.ExecuteAsync("", "ACL", "SETUSER", "b", "on", ">secret", "+@all", "allchannels");
        await using var cluster = await RelayCluster.StartAsync($"{_redis.Address},user=b,password=secret", _redis.Address);
        await cluster.A.UntilTrustingAsync();
        var (room, bob) = await cluster.BobListensAsync();
        await cluster.DeliversAsync(room, bob);

        // That B is there, it may say; of rooms it may not.
        await _redis.ExecuteAsync("", "ACL", "SETUSER", "b", "resetchannels", "&chat:nodes", "&chat:echo:*");

        await cluster.DeliversAsync(room, bob);
        await cluster.DeliversAsync(room, bob);
        await cluster.A.UntilTrustingAsync();
    }

    [Fact]
    public async Task A_redis_that_is_there_but_brings_nothing_is_found_out_and_all_is_delivered()
    {
        var (deaf, connections) = (false, 0);
        await using var proxy = new FaultProxy(new Uri($"http://{_redis.Address}"));
        proxy.Do(_ =>
        {
            Interlocked.Increment(ref connections);
            return new DeafSubscriber(() => Volatile.Read(ref deaf));
        });
        await using var cluster = await RelayCluster.StartAsync(_redis.Address, $"127.0.0.1:{proxy.Uri.Port}");
        var (room, bob) = await cluster.BobListensAsync();
        await cluster.DeliversAsync(room, bob);

        await cluster.A.UntilHealthyAsync();
        var (before, said) = (Volatile.Read(ref connections), cluster.A.Count(220, "brings nothing"));
        Volatile.Write(ref deaf, true);
        var clock = Stopwatch.StartNew();
        await cluster.DeliversAsync(room, bob);
        await cluster.A.UntilDeafAsync();
        Output.Write($"found out and delivered after {clock.ElapsedMilliseconds} ms");
        await cluster.DeliversAsync(room, bob);
        // The node found out by itself. The Redis client connects anew when it has had no answer for some 20 s.
        Assert.Equal(before, Volatile.Read(ref connections));
        Assert.Equal(said + 1, cluster.A.Count(220, "brings nothing"));
        cluster.A.HasSaidEachChangeOnce();
        await cluster.B.UntilHealthyAsync();

        proxy.Pass();
        proxy.CutAll();
        await cluster.A.UntilHealthyAsync();
        await cluster.DeliversAsync(room, bob);
    }

    [Fact]
    public async Task The_last_commit_of_a_node_that_dies_before_it_says_so_is_seen_although_nothing_follows()
    {
        await using var cluster = await RelayCluster.StartAsync(await shared.NewClusterAsync(Ct));
        await cluster.A.UntilTrustingAsync();
        var (room, bob) = await cluster.BobListensAsync();
        await cluster.DeliversAsync(room, bob);

        cluster.B.Log.Telling = _ => [];
        await cluster.B.SayAsync(room, Ann);
        var clock = Stopwatch.StartNew();
        await cluster.B.KillAsync();

        await bob.ReceivesAsync(room, 1, 2, 3, 4);
        Output.Write($"seen {clock.ElapsedMilliseconds} ms after the node was killed");
        Assert.NotEqual(0, cluster.A.Count(223, cluster.B.Id));
        await cluster.A.UntilHealthyAsync();
    }

    [Fact]
    public async Task What_a_node_commits_that_is_not_heard_is_delivered_and_health_names_it()
    {
        await using var cluster = await RelayCluster.StartAsync(await shared.NewClusterAsync(Ct));
        var (room, bob) = await cluster.BobListensAsync();
        // To B another Redis, as far as A can tell: registered, and no word of it.
        cluster.A.Registered.Ids = [cluster.A.Id, cluster.B.Id, "unheard"];
        cluster.B.Log.Telling = _ => [];

        await cluster.DeliversAsync(room, bob);
        await Eventually.TrueAsync(() => cluster.A.Backplane.State.Unheard is ["unheard"], TimeSpan.FromSeconds(20), Ct);
        cluster.A.Registered.Ids = [cluster.A.Id, cluster.B.Id];

        await cluster.A.UntilHealthyAsync();
    }
}

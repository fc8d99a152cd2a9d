using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay.Redis;

/// <summary>A loop behind the backplane that fails in a way that nobody foresaw.</summary>
public sealed class RedisLoopTests(SharedRedis redis)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Channels_are_subscribed_to_again_after_the_loop_that_does_it_has_failed()
    {
        await using var cluster = await RelayCluster.StartAsync(await redis.NewClusterAsync(Ct));
        var failed = 0;
        cluster.A.Backplane.MayHaveMissed += rooms =>
        {
            if (rooms is not null && Interlocked.Exchange(ref failed, 1) == 0)
                throw new InvalidOperationException("unforeseen");
        };
        await cluster.BobListensAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref failed) == 1, TimeSpan.FromSeconds(20), Ct,
            "the loop has failed");

        var (room, bob) = await cluster.BobListensAsync();
        await cluster.A.UntilHealthyAsync();
        await cluster.DeliversAsync(room, bob);
    }
}

using Chat.Server.Hosting;
using Chat.Tests.Log;
using Chat.Tests.Support;

namespace Chat.Tests.Relay.Redis;

/// <summary>Delivery of what is written on another node: word of it comes over a real Redis.</summary>
public sealed class RedisSessionTests(SharedRedis redis) : SessionContract
{
    private readonly SqliteStore _store = new();
    private readonly List<RelayNode> _nodes = [];

    private protected override async ValueTask StopAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _store.Dispose();
    }

    private protected override async Task<RelayRig> StartAsync(LimitOptions limits)
    {
        var connection = await redis.NewClusterAsync(TestContext.Current.CancellationToken);
        var writer = await RelayNode.StartAsync(_store, connection);
        _nodes.Add(writer);
        // The reader's relay has the test's clock; its backplane needs the real one.
        var reader = await RelayNode.StartAsync(_store, connection, limits, writer.Log, testClock: true);
        _nodes.Add(reader);
        return reader.Rig;
    }
}

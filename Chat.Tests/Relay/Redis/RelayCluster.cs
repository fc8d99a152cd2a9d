using Chat.Contracts;
using Chat.Tests.Log;

namespace Chat.Tests.Relay.Redis;

/// <summary>Two nodes, which hear each other, on one database and one Redis.</summary>
internal sealed class RelayCluster : IAsyncDisposable
{
    private readonly List<RelayNode> _nodes = [];

    private RelayCluster()
    {
    }

    public RelayNode A => _nodes[0];

    public RelayNode B => _nodes[1];

    public SqliteStore Store { get; } = new();

    /// <param name="connection">How the nodes connect to Redis.</param>
    /// <param name="connectionOfA">How A does, if that differs.</param>
    /// <param name="redisIsThere">False if it comes later.</param>
    public static async Task<RelayCluster> StartAsync(string connection, string? connectionOfA = null, bool redisIsThere = true)
    {
        var cluster = new RelayCluster();
        await cluster.AddAsync(connectionOfA ?? connection);
        await cluster.AddAsync(connection);
        if (redisIsThere)
            await cluster.HearEachOtherAsync();
        return cluster;
    }

    public Task HearEachOtherAsync() => RelayNode.HearEachOtherAsync(A, B);

    /// <summary>Ann says something on B; returns when Bob has it on A, and nothing else is missing.</summary>
    public async Task DeliversAsync(string room, RecordingTransport bob)
    {
        var seq = (await B.SayAsync(room, RelayRig.Ann))[0].Event!.Seq;
        await bob.ReceivesAsync(room, Enumerable.Range(1, (int)seq).Select(n => (long)n));
    }

    /// <summary>One node more.</summary>
    public async Task<RelayNode> AddAsync(string connection)
    {
        var node = await RelayNode.StartAsync(Store, connection);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A room of Ann's and Bob's, which Bob follows on A.</summary>
    public async Task<(string Room, RecordingTransport Bob)> BobListensAsync()
    {
        var room = await B.Rig.RoomAsync(RelayRig.Bob);
        var (bob, _) = await A.ConnectAsync(RelayRig.Bob, (room, 0));
        await bob.ReceivesAsync(room, 1, 2);
        return (room, bob);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        Store.Dispose();
    }
}

using System.Globalization;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Every name that is used in Redis; all are channels, nothing is stored. They are sharded, which on a Redis Cluster spreads the rooms over its
/// shards and on a single Redis makes no difference. Two clusters that share a Redis keep apart by <c>channelPrefix=</c> in the connection string.
/// </summary>
internal static class RedisNames
{
    private const string RoomPrefix = "chat:room:";
    private const string EchoPrefix = "chat:echo:";

    /// <summary>What concerns every node: heartbeats, new memberships, presence, sign-ins that ended.</summary>
    public static RedisChannel Nodes { get; } = RedisChannel.Sharded("chat:nodes");

    /// <summary>What concerns one room.</summary>
    public static RedisChannel Room(string roomId) => RedisChannel.Sharded(RoomPrefix + roomId);

    /// <summary>The room of such a channel; null if it is another one.</summary>
    public static string? RoomOf(RedisChannel channel) =>
        channel.ToString() is var name && name.StartsWith(RoomPrefix, StringComparison.Ordinal) ? name[RoomPrefix.Length..] : null;

    /// <summary>By which a node hears itself. The number decides on which shard the channel is.</summary>
    public static RedisChannel Echo(string nodeId, int number) => RedisChannel.Sharded($"{EchoPrefix}{nodeId}:{number}");

    /// <summary>The number of such a channel; null if it is another one.</summary>
    public static int? EchoOf(RedisChannel channel) => channel.ToString() is var name && name.StartsWith(EchoPrefix, StringComparison.Ordinal)
        ? int.Parse(name.AsSpan(name.LastIndexOf(':') + 1), CultureInfo.InvariantCulture)
        : null;
}

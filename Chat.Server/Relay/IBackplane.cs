using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// How the nodes of a cluster tell each other what is new. It may lose, repeat or reorder anything: what it brings is a hint, and the relay
/// finds by numbers, and by comparing heads with the log, what did not come. All members are thread-safe; none waits for the network.
/// </summary>
public interface IBackplane
{
    /// <summary>Other nodes have committed these events.</summary>
    event Action<IReadOnlyList<ChatEvent>>? EventsHeard;

    /// <summary>Something passing happened on another node.</summary>
    event Action<RelaySignal>? SignalHeard;

    /// <summary>This node has committed these events.</summary>
    void Publish(IReadOnlyList<ChatEvent> events);

    /// <summary>Something passing happened on this node.</summary>
    void Publish(RelaySignal signal);
}

/// <summary>What passes by: droppable, merged, never in the log.</summary>
public abstract record RelaySignal(string RoomId, string UserId)
{
    /// <summary>Somebody is typing.</summary>
    public sealed record Typing(string RoomId, string UserId) : RelaySignal(RoomId, UserId);

    /// <summary>Somebody has read up to a number.</summary>
    public sealed record ReadMarker(string RoomId, string UserId, long Seq) : RelaySignal(RoomId, UserId);
}

/// <summary>The backplane of a node that is alone: there is nobody to tell.</summary>
internal sealed class SingleNode : IBackplane
{
    public event Action<IReadOnlyList<ChatEvent>>? EventsHeard { add { } remove { } }

    public event Action<RelaySignal>? SignalHeard { add { } remove { } }

    public void Publish(IReadOnlyList<ChatEvent> events)
    {
    }

    public void Publish(RelaySignal signal)
    {
    }
}

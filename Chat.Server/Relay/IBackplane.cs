using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// How the nodes of a cluster tell each other what is new. It may lose, repeat or reorder anything: what it brings is a hint, and the relay
/// finds by numbers, and by comparing heads with the log, what did not come. All members are thread-safe; none waits for the network.
/// Handlers return at once and do not throw.
/// </summary>
public interface IBackplane
{
    /// <summary>Other nodes have committed these events, of rooms that are followed here, or in which somebody has become a member.</summary>
    event Action<IReadOnlyList<ChatEvent>>? EventsHeard;

    /// <summary>Something passing happened on another node, in a room that is followed here.</summary>
    event Action<RelaySignal>? SignalHeard;

    /// <summary>A sign-in has ended on another node.</summary>
    event Action<string>? SignInEndHeard;

    /// <summary>On another node, requests, invitations or blocks of these people have changed.</summary>
    event Action<IReadOnlyList<string>>? ConsentHeard;

    /// <summary>Another node says who is there.</summary>
    event Action<NodePresence>? PresenceHeard;

    /// <summary>Another node does not know who is here: all of it is to be published.</summary>
    event Action? PresenceWanted;

    /// <summary>A node is gone, and whoever was there.</summary>
    event Action<string>? NodeGone;

    /// <summary>
    /// Word of commits in these rooms, or with null in any, may not have come: heads are to be compared with the log. Raised again and again,
    /// every second, for as long as nothing comes.
    /// </summary>
    event Action<IReadOnlyCollection<string>?>? MayHaveMissed;

    /// <summary>From some moment soon word about this room comes here; <see cref="MayHaveMissed"/> says when.</summary>
    void Follow(string roomId);

    /// <summary>Word about this room is not needed any more.</summary>
    void Unfollow(string roomId);

    /// <summary>This node has committed these events.</summary>
    void Publish(IReadOnlyList<ChatEvent> events);

    /// <summary>Something passing happened on this node.</summary>
    void Publish(RelaySignal signal);

    /// <summary>A sign-in has ended on this node.</summary>
    void PublishSignInEnd(string signInId);

    /// <summary>On this node, requests, invitations or blocks of these people have changed.</summary>
    void PublishConsent(IReadOnlyList<string> userIds);

    /// <summary>Who is on this node, or what has changed of it.</summary>
    /// <param name="users">Of each the state here, and the rooms in which to show it.</param>
    /// <param name="part">Which part of all of it, or that it is only what has changed.</param>
    void Publish(IReadOnlyList<UserPresence> users, PresencePart part);
}

/// <summary>What passes by: droppable, merged, never in the log.</summary>
public abstract record RelaySignal(string RoomId, string UserId)
{
    /// <summary>Somebody is typing.</summary>
    public sealed record Typing(string RoomId, string UserId) : RelaySignal(RoomId, UserId);

    /// <summary>Somebody has read up to a number.</summary>
    public sealed record ReadMarker(string RoomId, string UserId, long Seq) : RelaySignal(RoomId, UserId);
}

/// <summary>What a node says about who is on it.</summary>
public sealed record NodePresence(string Node, IReadOnlyList<UserPresence> Users, PresencePart Part);

/// <summary>Somebody's state on one node, and the rooms in which it is shown. Offline: on that node no longer.</summary>
public sealed record UserPresence(string UserId, PresenceState State, IReadOnlyList<string> Rooms);

/// <summary>Whether what is said about presence is all there is.</summary>
[Flags]
public enum PresencePart
{
    /// <summary>What has changed, or the middle of everything.</summary>
    Some = 0,

    /// <summary>The beginning of everything.</summary>
    First = 1,

    /// <summary>The end of everything: who was not named since <see cref="First"/> is not there.</summary>
    Last = 2,
}

/// <summary>The backplane of a node that is alone: there is nobody to tell.</summary>
internal sealed class SingleNode : IBackplane
{
    public event Action<IReadOnlyList<ChatEvent>>? EventsHeard { add { } remove { } }

    public event Action<RelaySignal>? SignalHeard { add { } remove { } }

    public event Action<string>? SignInEndHeard { add { } remove { } }

    public event Action<IReadOnlyList<string>>? ConsentHeard { add { } remove { } }

    public event Action<NodePresence>? PresenceHeard { add { } remove { } }

    public event Action? PresenceWanted { add { } remove { } }

    public event Action<string>? NodeGone { add { } remove { } }

    public event Action<IReadOnlyCollection<string>?>? MayHaveMissed { add { } remove { } }

    public void Follow(string roomId)
    {
    }

    public void Unfollow(string roomId)
    {
    }

    public void Publish(IReadOnlyList<ChatEvent> events)
    {
    }

    public void Publish(RelaySignal signal)
    {
    }

    public void PublishSignInEnd(string signInId)
    {
    }

    public void PublishConsent(IReadOnlyList<string> userIds)
    {
    }

    public void Publish(IReadOnlyList<UserPresence> users, PresencePart part)
    {
    }
}

using Chat.Contracts;
using Chat.Server.Relay;

namespace Chat.Tests.Relay;

/// <summary>Brings what the test tells it to, as another node's words, and keeps what it is told.</summary>
internal sealed class FakeBackplane : IBackplane
{
    private readonly Lock _gate = new();
    private readonly List<UserPresence> _presence = [];

    public event Action<IReadOnlyList<ChatEvent>>? EventsHeard;

    public event Action<RelaySignal>? SignalHeard;

    public event Action<string>? SignInEndHeard;

    public event Action<IReadOnlyList<string>>? ConsentHeard;

    public event Action<NodePresence>? PresenceHeard;

    public event Action? PresenceWanted;

    public event Action<string>? NodeGone;

    public event Action<IReadOnlyCollection<string>?>? MayHaveMissed;

    /// <summary>What was said about who is here, oldest first.</summary>
    public IReadOnlyList<UserPresence> Presence
    {
        get
        {
            lock (_gate)
                return [.. _presence];
        }
    }

    public void Hear(params ChatEvent[] events) => EventsHeard?.Invoke(events);

    public void Hear(RelaySignal signal) => SignalHeard?.Invoke(signal);

    public void Hear(NodePresence presence) => PresenceHeard?.Invoke(presence);

    public void HearSignInEnd(string signInId) => SignInEndHeard?.Invoke(signInId);

    public void HearConsent(params string[] userIds) => ConsentHeard?.Invoke(userIds);

    public void WantPresence() => PresenceWanted?.Invoke();

    public void Lose(string node) => NodeGone?.Invoke(node);

    public void Miss(params string[]? rooms) => MayHaveMissed?.Invoke(rooms);

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
        lock (_gate)
            _presence.AddRange(users);
    }
}

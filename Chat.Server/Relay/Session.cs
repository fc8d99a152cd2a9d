using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// One connected client: a cursor per room, and a pump that writes what lies between cursor and head, waits for the transport, and
/// looks again. It has no queue: being far behind costs a cursor, and what gathers while a write is in flight goes out together.
/// </summary>
/// <remarks>
/// Everything that writes happens in a turn, one at a time (<see cref="_turn"/>). Anybody may wake it at any time; wakes during a turn make
/// one more. The parts: Session.Sync.cs (start and membership), Session.Follow.cs (the start of one that follows a single room), Session.Pump.cs (turns),
/// Session.Notices.cs (what is not an event), Session.Consent.cs (what its user does not want to see).
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing; a turn may outlive the close.")]
public sealed partial class Session
{
    private readonly NodeRelay _relay;
    private readonly ITransport _transport;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly DateTimeOffset? _expires;
    private bool _closed;
    private volatile bool _startsOver;

    internal Session(NodeRelay relay, ITransport transport, User user, string signInId, DateTimeOffset? expires)
    {
        (_relay, _transport, User, SignInId, _expires) = (relay, transport, user, signInId, expires);
        LastActive = relay.Time.GetTimestamp();
    }

    /// <summary>Who it belongs to.</summary>
    public User User { get; }

    /// <summary>The sign-in that opened it; when that ends, so does this.</summary>
    public string SignInId { get; }

    /// <summary>Whether it was ended because the sign-in is over.</summary>
    public bool IsSignedOut { get; private set; }

    /// <summary>When the client last did something, as a timestamp of the relay's clock.</summary>
    public long LastActive { get; private set; }

    /// <summary>The client did something: it is not away.</summary>
    public void Touch()
    {
        var now = _relay.Time.GetTimestamp();
        // Once a second is enough to come back from being away.
        if (_relay.Time.GetElapsedTime(LastActive, now) < TimeSpan.FromSeconds(1))
            return;
        LastActive = now;
        _relay.Presence.Active(User.Id);
    }

    /// <summary>Whether the client is in this room now, as far as this node has heard.</summary>
    public bool IsIn(string roomId)
    {
        lock (_gate)
            return _subscriptions.TryGetValue(roomId, out var subscription) && subscription.IsMember;
    }

    /// <summary>Whether it has synced and does not know of this membership.</summary>
    internal bool Misses(Membership membership)
    {
        var (_, roomId, join, leftAt) = membership;
        lock (_gate)
        {
            return _live && !_closed && _followed is null && !_consent.Hidden.Contains(roomId)
                && join > _left.GetValueOrDefault(roomId) && (leftAt is null || leftAt > _knowsLeftSince)
                && (!_subscriptions.TryGetValue(roomId, out var subscription) || subscription.KnownAt < join);
        }
    }

    /// <summary>The sign-in is over: so is the connection, which in turn closes the session.</summary>
    public void SignOut()
    {
        IsSignedOut = true;
        _transport.Abort();
    }

    /// <summary>
    /// Disconnects the client because events that the session has written are no longer in the log. When the client
    /// comes back, its cursors show what it has to forget.
    /// </summary>
    internal void StartOver()
    {
        _startsOver = true;
        _transport.Abort();
    }

    /// <summary>The connection is over: nothing is written any more. Safe to call twice.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            _ = _syncing?.CancelAsync();
            _ = _backlog?.CancelAsync();
        }
        _relay.Closed(this);
        _relay.Remove(this);
        Unsubscribe();
    }

    /// <summary>Closes it, and completes when nothing is being written any more.</summary>
    public async Task CloseAsync()
    {
        Close();
        Resume();
        await _turn.WaitAsync();
        _turn.Release();
    }

    /// <summary>The rooms that its user follows now, over all their sessions here.</summary>
    internal IReadOnlyList<RoomFeed> FeedsOfUser() => _relay.Of(User.Id) is [var one] ? one.Feeds() : [.. _relay.Of(User.Id).SelectMany(s => s.Feeds()).Distinct()];

    /// <summary>The rooms that the session follows now, and in which its user is shown as present.</summary>
    internal IReadOnlyList<RoomFeed> Feeds()
    {
        lock (_gate)
            return [.. _subscriptions.Values.Where(s => s.IsMember && !_consent.IsQuiet(s.Feed.RoomId)).Select(s =>
                s.Feed)];
    }

    private void Unsubscribe()
    {
        List<Subscription> subscriptions;
        lock (_gate)
        {
            subscriptions = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }
        foreach (var subscription in subscriptions)
        {
            subscription.Feed.Remove(subscription);
            _relay.Feeds.Release(subscription.Feed);
        }
    }
}

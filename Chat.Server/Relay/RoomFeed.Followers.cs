namespace Chat.Server.Relay;

/// <summary>
/// The sessions that follow a room. Adding and removing one takes the same time in a crowd as in a small room.
/// </summary>
public sealed partial class RoomFeed : IThreadPoolWorkItem
{
    /// <summary>
    /// At most this many sessions are woken by the thread that moved the head, which is quicker than to ask another
    /// thread.
    /// </summary>
    private const int WokenAtOnce = 16;

    private Subscription?[] _followers = [];
    private int _followerCount;
    private Subscription[]? _copy;
    private int _waking;
    private RoomSignals? _signals;

    /// <summary>Typing and read markers in this room; made when the first one comes.</summary>
    internal RoomSignals SignalsOf(NodeRelay relay)
    {
        lock (_gate)
            return _signals ??= new RoomSignals(this, relay);
    }

    /// <summary>How many sessions follow the room now.</summary>
    internal int SubscriptionCount
    {
        get
        {
            lock (_gate)
                return _followerCount;
        }
    }

    internal void Add(Subscription subscription)
    {
        lock (_gate)
        {
            if (_followerCount == _followers.Length)
                Array.Resize(ref _followers, Math.Max(1, _followerCount * 2));
            subscription.Place = _followerCount;
            _followers[_followerCount++] = subscription;
            _copy = null;
            if (_loaded)
                Examine(subscription);
        }
    }

    /// <summary>The last session takes the place of the removed one, because their order has no meaning.</summary>
    internal void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            var place = subscription.Place;
            if (place >= _followerCount || _followers[place] != subscription)
                return;
            var last = _followers[--_followerCount]!;
            (_followers[place], last.Place) = (last, place);
            _followers[_followerCount] = null;
            _copy = null;
            if (_followerCount <= _followers.Length / 4)
                Array.Resize(ref _followers, _followerCount);
        }
    }

    /// <summary>
    /// The sessions that follow the room now. Callers must not change the list, because all of them share it until a
    /// session comes or goes.
    /// </summary>
    internal Subscription[] Subscriptions()
    {
        lock (_gate)
            return _copy ??= [.. Followers()];
    }

    /// <summary>
    /// Wakes the sessions. If they are many, another thread wakes them, so that the committing thread does not wait.
    /// </summary>
    private void Wake()
    {
        if (SubscriptionCount > WokenAtOnce)
        {
            if (Interlocked.Exchange(ref _waking, 1) == 0)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
        foreach (var subscription in Subscriptions())
            subscription.Wake();
    }

    void IThreadPoolWorkItem.Execute()
    {
        // This comes before the sessions are listed: the next walk sees a session that comes, or a head that moves,
        // after this moment.
        Interlocked.Exchange(ref _waking, 0);
        foreach (var subscription in Subscriptions())
            subscription.Wake();
    }

    /// <summary>Called under the lock.</summary>
    private ReadOnlySpan<Subscription> Followers() => _followers.AsSpan(0, _followerCount)!;
}

namespace Chat.Server.Relay;

/// <summary>The sessions that follow a room: coming and going take the same time in a crowd as in a small
/// room.</summary>
public sealed partial class RoomFeed : IThreadPoolWorkItem
{
    /// <summary>So few are woken by the thread that moved the head, which is quicker than to ask another one.</summary>
    private const int WokenAtOnce = 16;

    private Subscription?[] _followers = [];
    private int _followerCount;
    private Subscription[]? _copy;
    private int _waking;
    private RoomSignals? _signals;

    /// <summary>What passes by in this room; made when there is something.</summary>
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

    /// <summary>The last one takes the place of the one that goes: their order means nothing.</summary>
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

    /// <summary>The sessions that follow the room now. Not to be changed: all who ask before the next coming or going
    /// share it.</summary>
    internal Subscription[] Subscriptions()
    {
        lock (_gate)
            return _copy ??= [.. Followers()];
    }

    /// <summary>Wakes the sessions, on another thread where they are many: whoever commits does not wait until all are
    /// woken.</summary>
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
        // Before the sessions are listed: one that comes, or a head that moves, after this moment is seen by the next
        // walk.
        Interlocked.Exchange(ref _waking, 0);
        foreach (var subscription in Subscriptions())
            subscription.Wake();
    }

    /// <summary>Called under the lock.</summary>
    private ReadOnlySpan<Subscription> Followers() => _followers.AsSpan(0, _followerCount)!;
}

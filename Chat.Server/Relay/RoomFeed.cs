using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// One room as this node relays it: its tail, and the sessions that follow it. Thread-safe.
/// </summary>
/// <remarks>
/// An event from another thread or node is only a hint that saves a read: if it is not exactly the next one, the feed
/// reads the log. The feed is registered before its first read, so that no commit falls between the two.
/// The other parts: RoomFeed.Followers.cs (the sessions), RoomFeed.Deleted.cs (deletions), RoomFeed.Doubt.cs (a log
/// that went back in time).
/// </remarks>
public sealed partial class RoomFeed(string roomId, IRoomLog log, HistoryBlocks blocks, ILogger logger)
{
    /// <summary>Events read at once: enough for most who come back after a moment.</summary>
    private const int Page = 256;

    private readonly Lock _gate = new();
    private readonly Tail _tail = new();
    private bool _loaded;
    private long _announced;
    private Task? _reading;
    private Task<IReadOnlyList<RelayedEvent>>? _filling;

    public string RoomId { get; } = roomId;

    /// <summary>Called with the room's id when its log has lost events, before anybody starts over.</summary>
    internal Action<string>? WentBack { get; init; }

    /// <summary>How many hold it; guarded by the lock of <see cref="RoomFeeds"/>.</summary>
    internal int References { get; set; }

    /// <summary>The newest number known here; 0 before <see cref="LoadedAsync"/>.</summary>
    public long Head
    {
        get
        {
            lock (_gate)
                return _tail.Head;
        }
    }

    /// <summary>An event was committed.</summary>
    public void Apply(ChatEvent e)
    {
        lock (_gate)
        {
            _announced = Math.Max(_announced, e.Seq);
            if (!_loaded || e.Seq > _tail.Head + 1)
            {
                if (e is { Type: EventTypes.Delete, Target: { } target })
                    DeletedAhead(target);
                Read();
            }
            else if (e.Seq == _tail.Head + 1 && FollowsNewest(e))
                Add(e);
            else if (e.Seq == _tail.Head + 1)
                Read(); // written after the store started anew: whether something before it was lost, the log tells
            else if (Contradicts(e))
                Doubt();
            else
                return;
        }
        Wake();
    }

    /// <summary>Word that the room has events up to a number.</summary>
    public void Announce(long seq)
    {
        lock (_gate)
        {
            _announced = Math.Max(_announced, seq);
            if (_loaded && seq < _tail.Head)
                Doubt(); // it was read before our newest event was written, or the log has lost events
            else if (_loaded && _announced > _tail.Head)
                Read();
        }
    }

    /// <summary>Reads again what was announced and could not be read.</summary>
    internal void Retry()
    {
        lock (_gate)
        {
            if (_loaded && (_doubted || _announced > _tail.Head))
                Read();
        }
    }

    /// <summary>Completes when the newest number is known. Throws <see cref="ChatException"/> if the log cannot be read now; call again later.</summary>
    public Task LoadedAsync()
    {
        lock (_gate)
            return _loaded ? Task.CompletedTask : Read();
    }

    /// <summary>Copies events after a number from the tail; false if they are not in it.</summary>
    public bool TryCopy(long after, long upTo, int maxBytes, List<RelayedEvent> into)
    {
        lock (_gate)
            return _tail.TryCopy(after, upTo, maxBytes, into);
    }

    /// <summary>
    /// Reads the page before the tail's oldest event into the tail, if that is where the event after a number is: all who come back to
    /// this room share the one read. Otherwise nothing; the event is farther back.
    /// </summary>
    /// <returns>The events that this call has read; none if it had to wait for another one.</returns>
    public async Task<IReadOnlyList<RelayedEvent>> FillAsync(long after)
    {
        Task<IReadOnlyList<RelayedEvent>>? filling, own = null;
        lock (_gate)
        {
            filling = _filling;
            if (filling is null && IsToFill(after))
                filling = own = _filling = Task.Run(FillAsync);
        }
        if (filling is null)
            return [];
        var read = await filling;
        return own is null ? [] : read;
    }

    /// <summary>
    /// Whether <see cref="FillAsync(long)"/> would read something, or wait for another call that does.
    /// </summary>
    public bool CanFill(long after)
    {
        lock (_gate)
            return _filling is not null || IsToFill(after);
    }

    /// <summary>Nobody follows the room here any more, so the feed keeps only its newest number.</summary>
    internal void ForgetEvents()
    {
        lock (_gate)
            _tail.Start(_tail.Head);
    }

    /// <summary>Its user came back with this event; they may have left again since.</summary>
    internal void Renew(Subscription subscription, long join)
    {
        lock (_gate)
        {
            subscription.Renew(join);
            if (_loaded)
                Examine(subscription);
        }
    }

    /// <summary>The log says that its user left with this event; they may have come back since.</summary>
    internal void End(Subscription subscription, long leave)
    {
        lock (_gate)
        {
            if (leave > subscription.KnownAt && subscription.IsMember)
                subscription.End(leave);
        }
    }

    private void Add(ChatEvent e)
    {
        // Before the head moves, or a person could get events after the one that ended their membership.
        if (e.Type == EventTypes.Leave)
        {
            foreach (var subscription in Followers())
                EndIfLeft(subscription, e);
        }
        _tail.Add(new RelayedEvent(IsDeletedAhead(e) ? e with { Body = null } : e));
        if (e is { Type: EventTypes.Delete, Target: { } target })
        {
            _deletedAhead.Remove(target);
            ForgetBodies(target);
        }
    }

    /// <summary>Has the membership ended between the moment for which it is known and the head?</summary>
    private void Examine(Subscription subscription)
    {
        subscription.NeedsCheck = subscription.IsMember && !_tail.Reaches(subscription.KnownAt);
        foreach (var e in _tail.After(subscription.KnownAt))
            EndIfLeft(subscription, e.Event);
    }

    private static void EndIfLeft(Subscription subscription, ChatEvent e)
    {
        if (e.Type == EventTypes.Leave && e.Sender.Id == subscription.Session.User.Id && e.Seq > subscription.KnownAt && subscription.IsMember)
            subscription.End(e.Seq);
    }

    /// <summary>Starts reading, or joins in if that is under way. Called under the lock.</summary>
    private Task Read() => _reading ??= Task.Run(ReadAsync);

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                bool first, doubted;
                long after, announced;
                RelayedEvent? newest;
                lock (_gate)
                {
                    (first, doubted, after, announced, newest) = (!_loaded, _doubted, _tail.Head, _announced,
                        _tail.Find(_tail.Head));
                    if (!first && !doubted && after >= _announced)
                    {
                        _reading = null;
                        break;
                    }
                }
                if (first)
                    await StartAsync();
                else if (doubted)
                    await VerifyAsync(after, newest);
                else
                    await FollowAsync(after, announced, newest);
                Wake();
            }
        }
        catch
        {
            lock (_gate)
                _reading = null;
            throw;
        }
    }

    private async Task StartAsync()
    {
        var heads = await log.HeadsAsync([RoomId]);
        lock (_gate)
        {
            _tail.Start(heads.GetValueOrDefault(RoomId));
            foreach (var subscription in Followers())
                Examine(subscription);
            _loaded = true;
        }
    }

    /// <summary>
    /// Reads on, together with the newest event here, which shows whether the log still has the events that were read
    /// before.
    /// </summary>
    private async Task FollowAsync(long after, long announced, RelayedEvent? newest)
    {
        var known = newest is null ? 0 : 1;
        var events = await log.ReadAfterAsync(RoomId, after - known, Page + known);
        lock (_gate)
        {
            if (newest is not null && (events.Count == 0 || !IsSame(events[0], newest.Event)))
            {
                _doubted = true;
                return;
            }
            foreach (var e in events)
            {
                if (e.Seq == _tail.Head + 1)
                    Add(e);
            }
            if (events.Count == known && _announced == announced)
                _announced = _tail.Head; // it was announced, but it is not there
        }
    }

    private bool IsToFill(long after) => after >= _tail.Head - Page && !_tail.Reaches(after) && _tail.HasRoom;

    private async Task<IReadOnlyList<RelayedEvent>> FillAsync()
    {
        try
        {
            long oldest;
            lock (_gate)
                oldest = _tail.Oldest;
            RelayedEvent[] events =
                [.. (await log.ReadBeforeAsync(RoomId, oldest, Page)).Select(e => new RelayedEvent(e))];
            lock (_gate)
            {
                _tail.Prepend([.. events.Select(e => IsDeletedAhead(e.Event) ? Blanked(e) : e)]);
                // What was deleted while it was being read was read with its body.
                foreach (var deletion in _tail.After(oldest - 1).Where(e => e.Event.Type == EventTypes.Delete).ToList())
                    Blank(deletion.Event.Target);
            }
            return events;
        }
        finally
        {
            lock (_gate)
                _filling = null;
        }
    }
}

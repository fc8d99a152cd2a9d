using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>How delivery starts, and how memberships change while it runs.</summary>
public sealed partial class Session
{
    /// <summary>
    /// Rooms that were left before it synced, or are gone from it since, with the leave: word of an earlier join may come late, or twice. A later one is
    /// news, even if that membership has ended, too.
    /// </summary>
    private readonly Dictionary<string, long> _left = [];

    /// <summary>
    /// Memberships that ended until then are no news: only later ones are all in <see cref="_left"/>.
    /// </summary>
    private long _knowsLeftSince = long.MinValue;
    private bool _holdsTurn;
    private bool _live;
    private List<(ChatEvent Join, ConsentRead? Read)>? _news;
    private CancellationTokenSource? _syncing;

    /// <summary>
    /// Starts delivery over from these cursors; a room without one starts at its head. Delivery rests until <see cref="Resume"/>,
    /// which the transport calls when the answer has been written, so that nothing of the earlier delivery follows the answer and
    /// nothing of the new one precedes it.
    /// </summary>
    /// <param name="cursors">The last number of each room that the client has.</param>
    /// <param name="look">Reads the user's rooms when it is their turn; null to read at once.</param>
    /// <param name="cancellation">Cancelled when the connection is over; gives up the read.</param>
    /// <exception cref="ChatException">
    /// <c>invalid</c> for a negative cursor, <c>unavailable</c> if the log cannot be read now, or another call for this
    /// session came before this one had its answer.
    /// </exception>
    public async Task<IReadOnlyList<Room>> SyncAsync(
        IReadOnlyDictionary<string, long> cursors, Func<CancellationToken, Task<MyRooms>>? look = null,
        CancellationToken cancellation = default)
    {
        foreach (var (_, cursor) in cursors)
        {
            if (cursor < 0)
                throw new ChatException(ErrorCodes.Invalid, "cursors: a number is negative");
        }
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_gate)
        {
            _ = _syncing?.CancelAsync();
            _syncing = stopping;
        }
        try
        {
            await _turn.WaitAsync(stopping.Token);
            return await BeginAsync(
                cursors, look ?? (ct => _relay.Catalog.OfAsync(User.Id, cursors.Keys, ct)), stopping.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ChatException(ErrorCodes.Unavailable,
                "the connection is over, or another Sync has taken the place of this one");
        }
        finally
        {
            lock (_gate)
            {
                if (_syncing == stopping)
                    _syncing = null;
            }
        }
    }

    /// <summary>The caller holds the turn. If this fails, it gives the turn back.</summary>
    private async Task<IReadOnlyList<Room>> BeginAsync(
        IReadOnlyDictionary<string, long> cursors, Func<CancellationToken, Task<MyRooms>> look,
        CancellationToken stopping)
    {
        try
        {
            var rooms = await StartAsync(cursors, look, stopping);
            _holdsTurn = true;
            return rooms;
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    private async Task<IReadOnlyList<Room>> StartAsync(
        IReadOnlyDictionary<string, long> cursors, Func<CancellationToken, Task<MyRooms>> look,
        CancellationToken stopping)
    {
        // From here on changes of membership are kept, and applied over what the log says: none falls in between.
        lock (_gate)
        {
            _live = false;
            _news = [];
            _left.Clear();
        }
        Unsubscribe();
        ForgetNotices();
        _relay.Add(this);
        if (_closed)
            _relay.Remove(this); // closed meanwhile: whoever comes second removes it

        var mine = await look(stopping);
        var (rooms, left) = mine;
        if (mine.Unfit.Count > 0)
            cursors = cursors.Where(c => !mine.Unfit.Contains(c.Key)).ToDictionary();
        // This read comes after that of the rooms. A room that was hidden in between is not shown, and a room that was
        // made in between comes by its join.
        await ReadConsentAsync();
        rooms = [.. rooms.Select(_consent.Seen).OfType<Room>()];
        lock (_gate)
        {
            foreach (var room in rooms)
            {
                // A cursor beyond the head comes from another life of the database; there is nothing to deliver to it.
                var cursor = cursors.TryGetValue(room.Id, out var given) ? Math.Min(given, room.Head) : room.Head;
                Subscribe(room.Id, cursor, knownAt: room.Head);
            }
            foreach (var (roomId, leave) in left)
            {
                // Left while away: what is visible is still owed.
                if (cursors.TryGetValue(roomId, out var cursor) && cursor < leave)
                    Subscribe(roomId, cursor, knownAt: leave)?.End(leave);
            }
            foreach (var (join, read) in _news!)
                AdmitOrAsk(join, cursors.TryGetValue(join.RoomId, out var given) ? given : long.MaxValue, read);
            foreach (var (roomId, leave) in left)
                _left[roomId] = leave;
            _knowsLeftSince = mine.KnowsLeftSince;
            (_news, _live) = (null, true);
        }
        _relay.Presence.Arrived(this);
        return rooms;
    }

    /// <summary>Lets delivery go on after <see cref="SyncAsync"/>; otherwise nothing.</summary>
    public void Resume()
    {
        if (!_holdsTurn)
            return;
        _holdsTurn = false;
        _turn.Release();
        lock (_gate)
        {
            foreach (var subscription in _subscriptions.Values)
                subscription.Wake();
        }
        Wake();
    }

    /// <summary>This session's user became a member of a room. (That a membership ends, the room's feed sees.)</summary>
    /// <param name="join">The event.</param>
    /// <param name="read">Made after the join; tells whether the room is hidden. Null if nobody is ever asked.</param>
    internal void Joined(ChatEvent join, ConsentRead? read)
    {
        Subscription? room = null;
        lock (_gate)
        {
            if (_followed is not null && _followed != join.RoomId)
                return;
            if (_news is not null)
                _news.Add((join, read));
            else if (_live && !_closed)
                room = AdmitOrAsk(join, long.MaxValue, read);
        }
        if (room is not null)
            _relay.Presence.Entered(this, room.Feed);
    }

    /// <summary>Called under the lock. A cursor that the client gave for this room counts if it is before the join. Null if this was known.</summary>
    private Subscription? Admit(ChatEvent join, long cursor)
    {
        if (_subscriptions.TryGetValue(join.RoomId, out var subscription))
        {
            if (join.Seq <= subscription.KnownAt)
                return null;
            // Back before the leave was delivered, or even heard of: all in between is visible again.
            subscription.Feed.Renew(subscription, join.Seq);
        }
        else if (_followed is not null || join.Seq <= _left.GetValueOrDefault(join.RoomId) || (subscription = Subscribe(join.RoomId, Math.Min(cursor, join.Seq - 1), knownAt: join.Seq)) is null)
            return null;
        NoticeJoined(join.RoomId);
        subscription.Wake();
        return subscription;
    }

    /// <summary>Called under the lock.</summary>
    private Subscription? Subscribe(string roomId, long cursor, long knownAt)
    {
        if (_closed)
            return null;
        var feed = _relay.Feeds.Acquire(roomId);
        var subscription = new Subscription(this, feed, cursor, knownAt);
        _subscriptions[roomId] = subscription;
        feed.Add(subscription);
        return subscription;
    }
}

using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>The pump: turns, and what is written in them.</summary>
public sealed partial class Session : IThreadPoolWorkItem
{
    /// <summary>
    /// The most bytes written to the transport at once, about. An event stream or a long poll brings what was written
    /// together whole or not at all, so on a slow line large portions would never arrive.
    /// </summary>
    private const int WriteBytes = 8 * 1024;

    /// <summary>
    /// The size of a session's first portion, about. Later ones are as large as all before them together. On a line
    /// that is cut every few kilobytes each connection brings something, and a cut loses at most about half of it.
    /// </summary>
    private const int FirstWriteBytes = 1024;

    /// <summary>Events come first, but a checkpoint must not wait until an endless stream of events ends.</summary>
    private const int PortionsBeforeNotices = 16;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<Subscription> _ready = []; // its own lock: who holds that, asks for no other
    private readonly List<RelayedEvent> _batch = [];
    private int _wakes;
    private long _writingSince;
    private long _delivered;
    private long _checkpointAt;
    private bool _tryAgain;
    private int _portion = FirstWriteBytes;
    private CancellationTokenSource? _backlog;

    /// <summary>There is something to write.</summary>
    private void Wake()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    internal void Queue(Subscription subscription)
    {
        Enqueue(subscription);
        Wake();
    }

    private void Enqueue(Subscription subscription)
    {
        lock (_ready)
            _ready.Enqueue(subscription);
    }

    private bool TryDequeue([NotNullWhen(true)] out Subscription? subscription)
    {
        lock (_ready)
            return _ready.TryDequeue(out subscription);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>Once a second: what is due by the clock.</summary>
    internal void Tick(long now, TimeProvider time, TimeSpan stallTimeout)
    {
        var writing = Volatile.Read(ref _writingSince);
        if (writing != 0 && time.GetElapsedTime(writing, now) >= stallTimeout)
        {
            _relay.Logger.Stalled(User.Id);
            _transport.Abort();
            return;
        }
        if (_expires <= time.GetUtcNow())
        {
            SignOut();
            return;
        }
        if (_live && time.GetElapsedTime(_checkpointAt, now) >= Wire.CheckpointInterval - TimeSpan.FromSeconds(3))
        {
            _checkpointAt = now;
            NoticeCheckpoint();
        }
        if (_tryAgain)
        {
            _tryAgain = false;
            Wake();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            int seen;
            do
            {
                seen = Volatile.Read(ref _wakes);
                await TurnAsync();
            }
            while (Interlocked.Add(ref _wakes, -seen) != 0);
        }
        catch (Exception e)
        {
            _relay.Logger.PumpFailed(User.Id, e);
            _transport.Abort();
        }
    }

    private async Task TurnAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_live || _closed || _startsOver)
                return;
            if (!await ApplyConsentAsync())
                return;
            for (var portions = 1; await WriteJoinedAsync(); portions++)
            {
                if (!TryDequeue(out var subscription))
                {
                    await WriteNoticesAsync();
                    break;
                }
                subscription.Taken();
                if (!await DeliverAsync(subscription)
                    || (portions % PortionsBeforeNotices == 0 && !await WriteNoticesAsync()))
                    break;
            }
        }
        catch (ChatException e) when (e.Code is ErrorCodes.Unavailable or ErrorCodes.RateLimited)
        {
            _tryAgain = true; // the log cannot be read now: the next tick looks again
        }
        catch (OperationCanceledException) when (_closed)
        {
            // It waited for its turn to read, and nobody needs the read any more.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes one portion of a room, and queues it again if there is more, so that rooms take turns. False: the connection is over.</summary>
    private async ValueTask<bool> DeliverAsync(Subscription subscription)
    {
        if (!IsCurrent(subscription))
            return true;
        try
        {
            await subscription.Feed.LoadedAsync();
            if (subscription.NeedsCheck)
                await CheckAsync(subscription);
            var until = Math.Min(subscription.Feed.Head, subscription.Until);
            if (_followed is null && until - subscription.Cursor > _relay.CatchUp && !await SkipAsync(subscription, until))
                return false;
            if (subscription.Cursor < until && !await WritePortionAsync(subscription, until))
                return false;
        }
        catch (ChatException)
        {
            if (subscription.TryQueue())
                Enqueue(subscription); // not lost, but not at once either
            throw;
        }

        if (subscription.Cursor >= subscription.Until)
            return await EndAsync(subscription);
        if (subscription.Cursor < subscription.Feed.Head)
            subscription.Wake();
        return true;
    }

    private async ValueTask<bool> WritePortionAsync(Subscription subscription, long until)
    {
        _batch.Clear();
        await GatherAsync(subscription, until);
        if (_batch.Count == 0)
            throw new ChatException(ErrorCodes.Unavailable, "the log has a hole");
        if (!await Timed(_transport.WriteAsync(_batch)))
            return false;
        subscription.Cursor = _batch[^1].Seq;
        _delivered += _batch.Count;
        if (_portion < WriteBytes)
            GrowPortion();
        _batch.Clear();
        return true;
    }

    private void GrowPortion()
    {
        foreach (var e in _batch)
            _portion += e.Size;
        _portion = Math.Min(_portion, WriteBytes);
    }

    /// <summary>From the tail, or the page before it, or farther back: each read is shared by all who need it.</summary>
    private async ValueTask GatherAsync(Subscription subscription, long until)
    {
        var (feed, cursor) = (subscription.Feed, subscription.Cursor);
        if (feed.TryCopy(cursor, until, _portion, _batch))
            return;
        if (feed.CanFill(cursor))
        {
            await PaceAsync(() => feed.FillAsync(cursor));
            if (feed.TryCopy(cursor, until, _portion, _batch))
                return;
        }
        var size = 0;
        foreach (var e in await _relay.Blocks.ReadAsync(feed, cursor, PaceAsync))
        {
            if (e.Seq <= cursor)
                continue;
            if (e.Seq > until || ((size += e.Size) > _portion && _batch.Count > 0))
                break;
            _batch.Add(e);
        }
    }

    /// <summary>Reads older events when it is this user's turn; given up when the connection is over.</summary>
    private Task<IReadOnlyList<RelayedEvent>> PaceAsync(Func<Task<IReadOnlyList<RelayedEvent>>> read)
    {
        lock (_gate)
        {
            _backlog ??= new CancellationTokenSource();
            if (_closed)
                _backlog.Cancel();
        }
        return _relay.Backlog(User.Id, read, _backlog.Token);
    }

    /// <summary>The feed could not see whether the membership still lasts; the log can.</summary>
    private async ValueTask CheckAsync(Subscription subscription)
    {
        subscription.NeedsCheck = false;
        try
        {
            var left = await _relay.Catalog.LeftAsync(User.Id, [subscription.Feed.RoomId]);
            if (left.TryGetValue(subscription.Feed.RoomId, out var leave))
                subscription.Feed.End(subscription, leave);
        }
        catch (ChatException)
        {
            subscription.NeedsCheck = true;
            throw;
        }
    }

    /// <summary>Too far behind to be delivered one by one: the newest page comes, the rest can be paged.</summary>
    private async ValueTask<bool> SkipAsync(Subscription subscription, long until)
    {
        var to = until - _relay.SkipTo;
        if (!await Timed(_transport.WriteAsync(new Notice.Skipped(subscription.Feed.RoomId, subscription.Cursor + 1, to))))
            return false;
        subscription.Cursor = to;
        return true;
    }

    /// <summary>The leave has been written: the room is gone from this session.</summary>
    private async ValueTask<bool> EndAsync(Subscription subscription)
    {
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(subscription.Feed.RoomId, out var current) || current != subscription)
                return true;
            if (subscription.Cursor < subscription.Until)
            {
                subscription.Wake(); // came back in this very moment
                return true;
            }
            _subscriptions.Remove(subscription.Feed.RoomId);
            _left[subscription.Feed.RoomId] = subscription.Until;
        }
        subscription.Feed.Remove(subscription);
        _relay.Feeds.Release(subscription.Feed);
        return await Timed(_transport.WriteAsync(new Notice.RoomRemoved(subscription.Feed.RoomId)));
    }

    private bool IsCurrent(Subscription subscription)
    {
        lock (_gate)
            return _subscriptions.TryGetValue(subscription.Feed.RoomId, out var current) && current == subscription;
    }

    /// <summary>Notes how long a write takes, so that <see cref="Tick"/> sees a client that takes nothing.</summary>
    private async ValueTask<bool> Timed(ValueTask<bool> write)
    {
        if (write.IsCompletedSuccessfully)
            return write.Result;
        Volatile.Write(ref _writingSince, _relay.Time.GetTimestamp());
        try
        {
            return await write;
        }
        finally
        {
            Volatile.Write(ref _writingSince, 0);
        }
    }
}

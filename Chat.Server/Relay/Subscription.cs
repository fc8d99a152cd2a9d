namespace Chat.Server.Relay;

/// <summary>One session's place in one room. <see cref="Cursor"/> belongs to the session's turn.</summary>
internal sealed class Subscription(Session session, RoomFeed feed, long cursor, long knownAt)
{
    private int _queued;

    public Session Session { get; } = session;

    public RoomFeed Feed { get; } = feed;

    /// <summary>The subscription's place in the feed's list; guarded by the feed's lock.</summary>
    public int Place { get; set; }

    /// <summary>The last number written.</summary>
    public long Cursor { get; set; } = cursor;

    /// <summary>The number up to which the membership is known to last; a leave that ends it comes later. Changed by the feed only.</summary>
    public long KnownAt { get; private set; } = knownAt;

    /// <summary>The feed does not reach back to <see cref="KnownAt"/>: whether the membership still lasts has to be looked up.</summary>
    public bool NeedsCheck { get; set; }

    /// <summary>The leave that ended the membership: the last number to write. <see cref="long.MaxValue"/> while it lasts.</summary>
    public long Until { get; private set; } = long.MaxValue;

    public bool IsMember => Until == long.MaxValue;

    /// <summary>The membership ended with this event.</summary>
    public void End(long seq) => Until = seq;

    /// <summary>The membership began anew with this event, whatever leave lay before it.</summary>
    public void Renew(long seq) => (KnownAt, Until) = (seq, long.MaxValue);

    /// <summary>There is something to look at; any number of calls before the look are one.</summary>
    public void Wake()
    {
        if (TryQueue())
            Session.Queue(this);
    }

    /// <summary>True for the one caller who has to queue it.</summary>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>The session looks now: what comes from here on wakes it again.</summary>
    public void Taken() => Volatile.Write(ref _queued, 0);
}

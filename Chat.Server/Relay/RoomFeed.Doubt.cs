using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Notices when the log went back in time, as after a failover that lost a tail. The log then gives numbers a second
/// time, and the newest number falls. A feed that sees a sign of this reads its newest event again. If the event is
/// missing or different, the feed starts over, and so do its clients.
/// </summary>
public sealed partial class RoomFeed
{
    private bool _doubted;

    /// <summary>The log may have lost events that are here, so the feed compares soon.</summary>
    internal void Doubt()
    {
        lock (_gate)
        {
            if (!_loaded)
                return;
            _doubted = true;
            Read();
        }
    }

    /// <summary>
    /// Whether an event may be appended without a read of the log: both it and the newest one were written in the same
    /// life of the store, or in one that is not known.
    /// </summary>
    private bool FollowsNewest(ChatEvent e) =>
        _tail.Find(_tail.Head)?.Event.Generation is not { } newest || e.Generation is not { } next || newest == next;

    /// <summary>Whether an event here has the same number but is a different event.</summary>
    private bool Contradicts(ChatEvent e) => _tail.Find(e.Seq) is { } known && !IsSame(known.Event, e);

    /// <summary>
    /// Whether two reports are of the same event. The body does not count, because a deletion removes it.
    /// </summary>
    private static bool IsSame(ChatEvent one, ChatEvent other) => one.Seq == other.Seq && one.Type == other.Type
        && one.Sender.Id == other.Sender.Id
        && one.At == other.At
        && (one.Generation is null || other.Generation is null || one.Generation == other.Generation);

    private async Task VerifyAsync(long head, RelayedEvent? newest)
    {
        var stored = head == 0 ? [] : await log.ReadAfterAsync(RoomId, head - 1, 1);
        var isThere = head == 0 || (stored is [var e] && e.Seq == head && (newest is null || IsSame(e, newest.Event)));
        if (isThere)
        {
            lock (_gate)
                _doubted = false;
            return;
        }
        WentBack?.Invoke(RoomId);
        var heads = await log.HeadsAsync([RoomId]);
        // This runs before the tail is replaced: no event of the new tail may follow the events that the sessions have.
        foreach (var follower in Subscriptions())
            follower.Session.StartOver();
        Subscription[] followers;
        lock (_gate)
        {
            _doubted = false;
            blocks.Forget(this);
            _deletedAhead.Clear();
            _tail.Start(_announced = heads.GetValueOrDefault(RoomId));
            followers = [.. Followers()];
        }
        logger.WentBack(RoomId, head, heads.GetValueOrDefault(RoomId));
        foreach (var follower in followers)
            follower.Session.StartOver();
    }
}

using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>How a session starts that follows one room alone: what a client without SignalR has.</summary>
public sealed partial class Session
{
    /// <summary>The one room; null: all of the user's.</summary>
    private string? _followed;

    /// <summary>
    /// Follows one room alone, instead of <see cref="SyncAsync"/>, and once. However far behind the cursor is, nothing is skipped; and nothing is written
    /// but events, checkpoints, and that the membership has ended. Delivery rests until <see cref="Resume"/>.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="after">The cursor; null, or beyond the head, for the head.</param>
    /// <param name="look">How the user stands to the room: asked once changes of that are heard. What it throws is thrown.</param>
    public async Task<Following> FollowAsync(string roomId, long? after, Func<Task<Sight>> look)
    {
        await _turn.WaitAsync();
        _holdsTurn = true;
        lock (_gate)
            (_followed, _news) = (roomId, []);
        ForgetNotices();
        _relay.Add(this);
        if (_closed)
            _relay.Remove(this); // closed meanwhile: whoever comes second removes it

        await ReadConsentAsync();
        var sight = await look();
        var end = sight.LeftSeq ?? sight.Head;
        Subscription? subscription;
        lock (_gate)
        {
            subscription = Subscribe(roomId, Math.Min(after ?? end, end), knownAt: end);
            if (sight.LeftSeq is { } leave)
                subscription?.End(leave);
            foreach (var (join, _) in _news!)
                Admit(join, cursor: end);
            (_news, _live) = (null, true);
        }
        if (subscription?.IsMember == true && !_consent.IsQuiet(roomId))
            _relay.Presence.Follows(this, subscription.Feed);
        return new Following(subscription, end);
    }
}

/// <summary>Where a session stands that follows one room. Thread-safe.</summary>
public sealed class Following
{
    private readonly Subscription? _subscription;
    private readonly long _end;

    internal Following(Subscription? subscription, long end) => (_subscription, _end) = (subscription, end);

    /// <summary>The newest number that the user may see, as far as is known here.</summary>
    public long Head => _subscription is null ? _end : Math.Min(Math.Max(_end, _subscription.Feed.Head), _subscription.Until);

    /// <summary>False: the membership has ended, and nothing is numbered after <see cref="Head"/> for this user.</summary>
    public bool IsMember => _subscription?.IsMember != false;
}

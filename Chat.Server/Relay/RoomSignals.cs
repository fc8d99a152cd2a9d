using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Typing and read markers of one room. The room's sessions get them at a pace: at once after a pause, and then only
/// after a rest that grows with the number of sessions that got the ones before. Signals in between are merged.
/// Thread-safe.
/// </summary>
internal sealed class RoomSignals
{
    private const int MaxTyping = 64;
    private const int MaxMarkers = 1_000;

    private static readonly TimeSpan s_restPerSession = TimeSpan.FromMilliseconds(2), s_longestRest = TimeSpan.FromSeconds(5);

    private readonly RoomFeed _feed;
    private readonly NodeRelay _relay;
    private readonly Pace _pace;
    private readonly Lock _gate = new();
    private Dictionary<string, SharedNotice> _typing = [];
    private Dictionary<string, SharedNotice> _markers = [];

    public RoomSignals(RoomFeed feed, NodeRelay relay)
    {
        (_feed, _relay) = (feed, relay);
        _pace = new Pace(Tell, s_restPerSession, s_longestRest, relay.Time, relay.Logger);
    }

    /// <summary>
    /// Tells a signal now or, merged with others, a moment later. Signals that do not fit are dropped.
    /// </summary>
    public void Add(RelaySignal signal)
    {
        lock (_gate)
        {
            if (signal is RelaySignal.ReadMarker marker)
                Add(_markers, MaxMarkers, new Notice.ReadMarker(marker.RoomId, marker.UserId, marker.Seq),
                    marker.UserId);
            else if (signal is RelaySignal.Typing && !_typing.ContainsKey(signal.UserId))
                Add(_typing, MaxTyping, new Notice.Typing(signal.RoomId, signal.UserId), signal.UserId);
        }
        _pace.Ask();
    }

    private static void Add(Dictionary<string, SharedNotice> notices, int most, Notice notice, string userId)
    {
        if (notices.Count < most || notices.ContainsKey(userId))
            notices[userId] = new SharedNotice(notice, userId);
    }

    private int Tell()
    {
        var notices = Take();
        if (notices.Count == 0)
            return 0;
        var followers = _feed.Subscriptions();
        // Everybody's marker for everybody would cost the square of a crowd.
        var crowd = followers.Length > _relay.Options.PresenceSessions;
        foreach (var follower in followers)
        {
            if (follower.IsMember)
                follower.Session.Heard(crowd ? [.. notices.Where(n => IsForCrowd(n, follower.Session))] : notices);
        }
        return followers.Length;
    }

    private static bool IsForCrowd(SharedNotice notice, Session session) =>
        notice.Notice is Notice.Typing || notice.UserId == session.User.Id;

    private List<SharedNotice> Take()
    {
        lock (_gate)
        {
            List<SharedNotice> taken = [.. _markers.Values, .. _typing.Values];
            (_markers, _typing) = ([], []);
            return taken;
        }
    }
}

/// <summary>A notice that many sessions get: it is encoded once for each protocol.</summary>
/// <param name="notice">The notice.</param>
/// <param name="userId">The user whom it is about.</param>
public sealed class SharedNotice(Notice notice, string userId)
{
    private Encodings _encodings;

    public Notice Notice { get; } = notice;

    public string UserId { get; } = userId;

    /// <summary>The notice as a transport writes it; see <see cref="RelayedEvent.Encoded"/>.</summary>
    public ReadOnlyMemory<byte> Encoded<T>(T format, Func<SharedNotice, T, ReadOnlyMemory<byte>> encode)
        where T : class =>
        _encodings.Of(this, format, encode);
}

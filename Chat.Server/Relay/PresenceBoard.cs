using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Shows to people who share a room which of them are there, on whichever nodes they are. A person is online while
/// connected, away after ten minutes without doing anything, and offline a few seconds after the last connection, so
/// that a reconnect does not flicker. Thread-safe.
/// </summary>
/// <remarks>The parts: PresenceBoard.cs (this node's users), PresenceBoard.Visits.cs (rooms that they are known in),
/// PresenceBoard.Cluster.cs (those of the other nodes), PresenceBoard.Telling.cs (when others hear).</remarks>
public sealed partial class PresenceBoard
{
    private static readonly TimeSpan s_awayAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_offlineAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly PresenceElsewhere _elsewhere = new();
    private readonly RelayOptions _options;
    private readonly RoomFeeds _feeds;
    private readonly IBackplane _backplane;
    private readonly TimeProvider _time;

    internal PresenceBoard(
        RelayOptions options, RoomFeeds feeds, IBackplane backplane, TimeProvider time, ILogger logger)
    {
        (_options, _feeds, _backplane, _time) = (options, feeds, backplane, time);
        _pace = new Pace(TellNews, s_restPerSession, s_longestRest, time, logger);
        backplane.PresenceHeard += Heard;
        backplane.PresenceWanted += PublishAll;
        backplane.NodeGone += Lost;
    }

    /// <summary>A session has synced: others learn of it, and it learns of the others.</summary>
    internal void Arrived(Session session)
    {
        var me = session.User.Id;
        var feeds = session.FeedsOfUser();
        var shown = Shown(feeds);
        bool news;
        lock (_gate)
        {
            news = StateOf(me) != PresenceState.Online;
            var before = _entries.GetValueOrDefault(me);
            ForgetVisits(me, before?.Feeds ?? []); // this session follows them all
            _entries[me] = new Entry(PresenceState.Online, _time.GetTimestamp(), feeds, before?.Said);
        }
        Introduce(session, shown);
        if (news)
            Tell(me, shown);
        Publish(me, shown);
    }

    /// <summary>
    /// A session that follows this room alone has come: those there learn of its user, if they did not know. A client
    /// that polls comes again and again, and is online as long as the next poll comes before
    /// <see cref="s_offlineAfter"/> is over. Until it is offline, it stays known in each room that it has followed:
    /// people there hear nothing more if it polls now this room and now another.
    /// </summary>
    internal void Follows(Session session, RoomFeed room)
    {
        var me = session.User.Id;
        IReadOnlyList<RoomFeed> feeds;
        lock (_gate)
        {
            var entry = _entries.GetValueOrDefault(me)
                ?? new Entry(PresenceState.Online, LeavesAt: 0, Feeds: [], Said: null);
            var isKnown = entry.Feeds.Contains(room);
            feeds = With(me, entry.Feeds, room);
            _entries[me] = entry with { LeavesAt = _time.GetTimestamp(), Feeds = feeds };
            if (isKnown)
                return;
            Visit(me, room);
        }
        Tell(me, Shown([room]));
        Publish(me, Shown(feeds));
    }

    /// <summary>A session's user has come into a room: those there learn of it, and it of them.</summary>
    internal void Entered(Session session, RoomFeed room)
    {
        IReadOnlyList<RoomFeed> feeds;
        lock (_gate)
        {
            if (!_entries.TryGetValue(session.User.Id, out var entry))
                return;
            feeds = With(session.User.Id, entry.Feeds, room);
            _entries[session.User.Id] = entry with { Feeds = feeds };
        }
        var shown = Shown([room]);
        Introduce(session, shown);
        Tell(session.User.Id, shown);
        Publish(session.User.Id, Shown(feeds));
    }

    /// <summary>A user's last session here is gone.</summary>
    internal void Left(Session session)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(session.User.Id, out var entry))
                _entries[session.User.Id] = entry with { LeavesAt = _time.GetTimestamp() };
        }
    }

    /// <summary>A user did something.</summary>
    internal void Active(string userId)
    {
        IReadOnlyList<RoomFeed> feeds;
        bool news;
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var entry) || entry.State == PresenceState.Online)
                return;
            feeds = entry.Feeds;
            news = StateOf(userId) != PresenceState.Online;
            _entries[userId] = entry with { State = PresenceState.Online };
        }
        var shown = Shown(feeds);
        if (news)
            Tell(userId, shown);
        Publish(userId, shown);
    }

    /// <summary>Now and then: who has been idle, and who has not come back.</summary>
    internal void Sweep(IReadOnlyDictionary<string, long> lastActive)
    {
        var now = _time.GetTimestamp();
        List<(string User, bool IsNews, IReadOnlyList<RoomFeed> Feeds)> changes = [];
        lock (_gate)
        {
            foreach (var (user, entry) in _entries.ToList())
            {
                var before = StateOf(user);
                if (!lastActive.TryGetValue(user, out var active))
                {
                    if (_time.GetElapsedTime(entry.LeavesAt, now) < s_offlineAfter)
                        continue;
                    _entries.Remove(user);
                    ForgetVisits(user, entry.Feeds);
                }
                else if (entry.State == PresenceState.Online && _time.GetElapsedTime(active, now) >= s_awayAfter)
                {
                    _entries[user] = entry with { State = PresenceState.Away };
                }
                else
                    continue;
                changes.Add((user, StateOf(user) != before, entry.Feeds));
            }
        }
        foreach (var (user, isNews, feeds) in changes)
        {
            var shown = Shown(feeds);
            if (isNews)
                Tell(user, shown);
            Publish(user, shown);
        }
        SweepElsewhere(now);
    }

    /// <summary>Tells a session of the others in these rooms.</summary>
    private void Introduce(Session session, IReadOnlyList<RoomFeed> shown)
    {
        var others = Around(shown).Select(s => s.User.Id).ToHashSet();
        List<(string User, PresenceState State)> there;
        lock (_gate)
        {
            foreach (var room in shown)
            {
                others.UnionWith(_elsewhere.In(room.RoomId));
                others.UnionWith(_visitors.GetValueOrDefault(room) ?? []);
            }
            others.Remove(session.User.Id);
            there = [.. others.Select(id => (id, StateOf(id))).Where(o => o.Item2 != PresenceState.Offline)];
        }
        foreach (var (user, state) in there)
            session.Heard(user, state);
    }

    /// <summary>The best of a user's states here and elsewhere. Called under the lock.</summary>
    private PresenceState StateOf(string userId)
    {
        var elsewhere = _elsewhere.StateOf(userId);
        return _entries.TryGetValue(userId, out var entry) && entry.State > elsewhere ? entry.State : elsewhere;
    }

    private static IEnumerable<Session> Around(IEnumerable<RoomFeed> shown) => shown
        .SelectMany(f => f.Subscriptions())
        .Where(s => s.IsMember)
        .Select(s => s.Session);

    /// <summary>Those that are small enough, all nodes together.</summary>
    private List<RoomFeed> Shown(IReadOnlyList<RoomFeed> feeds)
    {
        var elsewhere = new int[feeds.Count];
        lock (_gate)
        {
            for (var i = 0; i < feeds.Count; i++)
                elsewhere[i] = _elsewhere.In(feeds[i].RoomId).Count;
        }
        return [.. feeds.Where((f, i) => elsewhere[i] + f.SubscriptionCount <= _options.PresenceSessions)];
    }

    /// <param name="State">On this node.</param>
    /// <param name="LeavesAt">When the last session here was gone, if there is none.</param>
    /// <param name="Feeds">The rooms in which others know of it.</param>
    /// <param name="Said">What the other nodes were told last.</param>
    private sealed record Entry(PresenceState State, long LeavesAt, IReadOnlyList<RoomFeed> Feeds, UserPresence? Said);
}

using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Who is there, as the people see it who share a room with them: online while connected, away after ten minutes without doing anything,
/// offline a few seconds after the last connection, so that who only reconnects does not flicker. Thread-safe.
/// </summary>
public sealed class PresenceBoard(RelayOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_awayAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_offlineAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>A session has synced: others learn of it, and it learns of the others.</summary>
    internal void Arrived(Session session)
    {
        var feeds = session.Feeds();
        var others = Around(feeds).Where(s => s.User.Id != session.User.Id).Select(s => s.User.Id).ToHashSet();
        List<(string User, PresenceState State)> there;
        bool news;
        lock (_gate)
        {
            news = Set(session.User.Id, PresenceState.Online);
            _entries[session.User.Id] = new Entry(PresenceState.Online, time.GetTimestamp(), feeds);
            there = [.. others.Where(_entries.ContainsKey).Select(id => (id, _entries[id].State))];
        }
        foreach (var (user, state) in there)
            session.Heard(user, state);
        if (news)
            Tell(session.User.Id, PresenceState.Online, feeds);
    }

    /// <summary>A session's user has come into a room: those there learn of it, and it of them.</summary>
    internal void Entered(Session session, RoomFeed room)
    {
        var feeds = session.Feeds();
        var others = Around([room]).Where(s => s.User.Id != session.User.Id).ToList();
        PresenceState mine;
        List<(string User, PresenceState State)> there;
        lock (_gate)
        {
            if (!_entries.TryGetValue(session.User.Id, out var entry))
                return;
            _entries[session.User.Id] = entry with { Feeds = feeds };
            mine = entry.State;
            there = [.. others.Select(s => s.User.Id).Distinct().Where(_entries.ContainsKey).Select(id => (id, _entries[id].State))];
        }
        foreach (var (user, state) in there)
            session.Heard(user, state);
        foreach (var other in others)
            other.Heard(session.User.Id, mine);
    }

    /// <summary>A user's last session here is gone.</summary>
    internal void Left(Session session)
    {
        var feeds = session.Feeds();
        lock (_gate)
        {
            if (_entries.TryGetValue(session.User.Id, out var entry))
                _entries[session.User.Id] = entry with { LeavesAt = time.GetTimestamp(), Feeds = feeds };
        }
    }

    /// <summary>A user did something.</summary>
    internal void Active(string userId)
    {
        IReadOnlyList<RoomFeed> feeds;
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var entry) || entry.State == PresenceState.Online || !Set(userId, PresenceState.Online))
                return;
            feeds = entry.Feeds;
        }
        Tell(userId, PresenceState.Online, feeds);
    }

    /// <summary>Now and then: who has been idle, and who has not come back.</summary>
    internal void Sweep(IReadOnlyDictionary<string, long> lastActive)
    {
        var now = time.GetTimestamp();
        List<(string User, PresenceState State, IReadOnlyList<RoomFeed> Feeds)> news = [];
        lock (_gate)
        {
            foreach (var (user, entry) in _entries.ToList())
            {
                if (!lastActive.TryGetValue(user, out var active))
                {
                    if (time.GetElapsedTime(entry.LeavesAt, now) < s_offlineAfter)
                        continue;
                    _entries.Remove(user);
                    news.Add((user, PresenceState.Offline, entry.Feeds));
                }
                else if (entry.State == PresenceState.Online && time.GetElapsedTime(active, now) >= s_awayAfter)
                {
                    _entries[user] = entry with { State = PresenceState.Away };
                    news.Add((user, PresenceState.Away, entry.Feeds));
                }
            }
        }
        foreach (var (user, state, feeds) in news)
            Tell(user, state, feeds);
    }

    /// <summary>Called under the lock; false if it was so already.</summary>
    private bool Set(string userId, PresenceState state)
    {
        if (!_entries.TryGetValue(userId, out var entry))
            return true;
        if (entry.State == state)
            return false;
        _entries[userId] = entry with { State = state };
        return true;
    }

    private void Tell(string userId, PresenceState state, IReadOnlyList<RoomFeed> feeds)
    {
        foreach (var session in Around(feeds).Where(s => s.User.Id != userId).Distinct())
            session.Heard(userId, state);
    }

    private IEnumerable<Session> Around(IReadOnlyList<RoomFeed> feeds) => feeds
        .Where(f => f.SubscriptionCount <= options.PresenceSessions)
        .SelectMany(f => f.Subscriptions())
        .Where(s => s.IsMember)
        .Select(s => s.Session);

    private sealed record Entry(PresenceState State, long LeavesAt, IReadOnlyList<RoomFeed> Feeds);
}

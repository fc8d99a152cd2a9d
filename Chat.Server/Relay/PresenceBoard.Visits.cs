namespace Chat.Server.Relay;

/// <summary>
/// The rooms in which a user is known to be there, although no session of theirs may follow them at this moment.
/// </summary>
public sealed partial class PresenceBoard
{
    /// <summary>
    /// Users whom sessions have made known that follow one room alone. They come and go, so the room's sessions do not
    /// tell.
    /// </summary>
    private readonly Dictionary<RoomFeed, HashSet<string>> _visitors = [];

    /// <summary>How many feeds have such users.</summary>
    internal int VisitedFeeds
    {
        get
        {
            lock (_gate)
                return _visitors.Count;
        }
    }

    /// <summary>A user is no member of a room any more, so nobody there hears of them.</summary>
    internal void Gone(string userId, string roomId) => Forget(userId, roomId);

    /// <summary>
    /// Takes a room from those in which a user is known; answers with the others, or null for a user who is not there
    /// at all.
    /// </summary>
    private IReadOnlyList<RoomFeed>? Forget(string userId, string roomId)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var entry))
                return null;
            var gone = entry.Feeds.Where(f => f.RoomId == roomId).ToList();
            if (gone.Count == 0)
                return entry.Feeds;
            ForgetVisits(userId, gone);
            IReadOnlyList<RoomFeed> rest = [.. entry.Feeds.Where(f => f.RoomId != roomId)];
            _entries[userId] = entry with { Feeds = rest };
            return rest;
        }
    }

    /// <summary>Under the lock.</summary>
    private void Visit(string userId, RoomFeed room)
    {
        if (!_visitors.TryGetValue(room, out var users))
            _visitors[room] = users = [];
        users.Add(userId);
    }

    /// <summary>Under the lock.</summary>
    private void ForgetVisits(string userId, IReadOnlyList<RoomFeed> rooms)
    {
        foreach (var room in rooms)
        {
            if (_visitors.TryGetValue(room, out var users) && users.Remove(userId) && users.Count == 0)
                _visitors.Remove(room);
        }
    }

    /// <summary>
    /// Adds a room to those in which a user is known; under the lock. A feed that has ended and begun anew takes the
    /// place of the former one: other people may be there.
    /// </summary>
    private IReadOnlyList<RoomFeed> With(string userId, IReadOnlyList<RoomFeed> feeds, RoomFeed room)
    {
        if (feeds.Contains(room))
            return feeds;
        ForgetVisits(userId, [.. feeds.Where(f => f.RoomId == room.RoomId)]);
        return [room, .. feeds.Where(f => f.RoomId != room.RoomId)];
    }
}

using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>Presence across nodes: each says of its own users what has changed, and all of it to who asks.</summary>
public sealed partial class PresenceBoard
{
    /// <summary>Users in one message when everything is said.</summary>
    private const int PartUsers = 200;

    /// <summary>Says a user's state here, if that is news. Under the lock, so that what is said last is the newest.</summary>
    private void Publish(string userId, IReadOnlyList<RoomFeed> shown)
    {
        var rooms = shown.Select(f => f.RoomId).ToList();
        lock (_gate)
        {
            if (!_entries.TryGetValue(userId, out var entry))
            {
                _backplane.Publish([new UserPresence(userId, PresenceState.Offline, [])], PresencePart.Some);
                return;
            }
            if (entry.Said is { } said && said.State == entry.State && said.Rooms.SequenceEqual(rooms))
                return;
            said = new UserPresence(userId, entry.State, rooms);
            _entries[userId] = entry with { Said = said };
            _backplane.Publish([said], PresencePart.Some);
        }
    }

    private void PublishAll()
    {
        lock (_gate)
        {
            var parts = _entries.Values.Select(e => e.Said).OfType<UserPresence>().Chunk(PartUsers).DefaultIfEmpty([]).ToList();
            for (var i = 0; i < parts.Count; i++)
                _backplane.Publish(parts[i], (i == 0 ? PresencePart.First : 0) | (i == parts.Count - 1 ? PresencePart.Last : 0));
        }
    }

    private void Heard(NodePresence said) => Change(
        () => said.Users.Select(u => u.UserId).Concat(_elsewhere.MayGo(said)), () => _elsewhere.Take(said));

    private void Lost(string node)
    {
        lock (_gate)
            _elsewhere.Lose(node, _time.GetTimestamp());
    }

    private void SweepElsewhere(long now)
    {
        bool Before(long lost) => _time.GetElapsedTime(lost, now) >= s_offlineAfter;
        Change(() => _elsewhere.LostUsers(Before), () => _elsewhere.Forget(Before));
    }

    /// <summary>Changes what is known of the other nodes, and tells who is concerned what it means for these users.</summary>
    private void Change(Func<IEnumerable<string>> users, Action change)
    {
        List<(string User, List<string> Rooms)> news = [];
        List<(string User, List<RoomFeed> Gone, List<RoomFeed> Shown)> gone = [];
        lock (_gate)
        {
            var before = users().Distinct().Select(u => (User: u, State: StateOf(u), Rooms: _elsewhere.RoomsOf(u).ToHashSet())).ToList();
            change();
            foreach (var (user, state, rooms) in before)
            {
                var now = StateOf(user);
                var shown = _elsewhere.RoomsOf(user).ToList();
                // In rooms that are new to them they are new to everybody there.
                var told = now == state ? shown.Except(rooms) : shown.Union(rooms);
                news.Add((user, [.. told]));
                if (now != PresenceState.Offline && rooms.Except(shown).ToList() is { Count: > 0 } left)
                    gone.Add((user, Feeds(left), [.. Feeds(shown), .. _entries.GetValueOrDefault(user)?.Feeds ?? []]));
            }
        }
        foreach (var (user, rooms) in news)
            Tell(user, Shown(Feeds(rooms)));
        foreach (var (user, left, shown) in gone)
            Conceal(user, left, Shown(shown));

        List<RoomFeed> Feeds(IEnumerable<string> roomIds) => [.. roomIds.Select(_feeds.Find).OfType<RoomFeed>()];
    }
}

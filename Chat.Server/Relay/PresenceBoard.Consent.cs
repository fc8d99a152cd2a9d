using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>Presence between people of whom one does not want to be seen any more.</summary>
public sealed partial class PresenceBoard
{
    /// <summary>
    /// A session's user does not see this room any more and is not shown there. Those there who see the user nowhere
    /// else are told that the user is offline, since nothing would tell them later.
    /// </summary>
    internal void Withdrew(Session session, RoomFeed room)
    {
        var me = session.User.Id;
        var feeds = session.FeedsOfUser();
        lock (_gate)
        {
            if (!_entries.TryGetValue(me, out var entry))
                return;
            _entries[me] = entry with { Feeds = feeds };
        }
        var shown = Shown(feeds);
        Conceal(me, [room], shown);
        Publish(me, shown);
    }

    /// <summary>Tells a session of everybody whom its user may see.</summary>
    internal void Introduce(Session session) => Introduce(session, Shown(session.FeedsOfUser()));

    /// <summary>Tells those who saw a user in rooms that are gone, and see them in none of the others, that the user is
    /// offline.</summary>
    private void Conceal(string userId, List<RoomFeed> gone, List<RoomFeed> shown)
    {
        if (gone.Count == 0)
            return;
        lock (_newsGate)
            _news.GetValueOrDefault(userId)?.ExceptWith(gone);
        var still = Around(shown).ToHashSet();
        foreach (var session in Around(Shown(gone)).Where(s => s.User.Id != userId && !still.Contains(s)).Distinct())
            session.Heard(userId, PresenceState.Offline);
    }
}

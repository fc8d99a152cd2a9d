using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>The part of presence that hides people from each other after a refusal or a block.</summary>
public sealed partial class PresenceBoard
{
    /// <summary>
    /// Removes a session's user from a room that the user does not see any more. Members of the room who see the user
    /// nowhere else are told that the user is offline, since nothing would tell them later.
    /// </summary>
    internal void Withdrew(Session session, RoomFeed room)
    {
        var me = session.User.Id;
        if (Forget(me, room.RoomId) is not { } feeds)
            return;
        var shown = Shown(feeds);
        Conceal(me, [room], shown);
        Publish(me, shown);
    }

    /// <summary>Tells a session the presence of everybody whom its user may see.</summary>
    internal void Introduce(Session session) => Introduce(session, Shown(session.FeedsOfUser()));

    /// <summary>Tells people who saw a user only in rooms that are gone that the user is offline.</summary>
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

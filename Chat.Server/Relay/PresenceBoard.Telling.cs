using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Tells people of each other at a <see cref="Pace"/>. Changes in between are merged: each session gets the newest
/// state of each person, once.
/// </summary>
public sealed partial class PresenceBoard
{
    private static readonly TimeSpan s_restPerSession = TimeSpan.FromMilliseconds(0.2), s_longestRest = TimeSpan.FromSeconds(2);

    private readonly Lock _newsGate = new(); // never held together with another lock
    private readonly Pace _pace;
    private Dictionary<string, HashSet<RoomFeed>> _news = [];

    /// <summary>Tells a user's new state in these rooms.</summary>
    private void Tell(string userId, List<RoomFeed> shown)
    {
        if (shown.Count == 0)
            return;
        lock (_newsGate)
        {
            if (!_news.TryGetValue(userId, out var rooms))
                _news[userId] = rooms = [];
            rooms.UnionWith(shown);
        }
        _pace.Ask();
    }

    private int TellNews()
    {
        var told = 0;
        foreach (var (userId, rooms) in TakeNews())
        {
            PresenceState state;
            lock (_gate)
                state = StateOf(userId);
            foreach (var session in Around(rooms).Where(s => s.User.Id != userId).Distinct())
            {
                session.Heard(userId, state);
                told++;
            }
        }
        return told;
    }

    private Dictionary<string, HashSet<RoomFeed>> TakeNews()
    {
        lock (_newsGate)
        {
            var news = _news;
            _news = [];
            return news;
        }
    }
}

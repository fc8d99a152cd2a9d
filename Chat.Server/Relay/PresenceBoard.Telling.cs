using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Tells sessions of changes of presence at a pace. News goes out at once after a pause, and then only after a rest
/// that grows with the number of sessions that got the news before. Changes in between are merged: each session gets
/// the newest state of each person once.
/// </summary>
public sealed partial class PresenceBoard
{
    /// <summary>News for at most this many sessions never wait.</summary>
    private const int Few = 8;

    private static readonly TimeSpan s_restPerSession = TimeSpan.FromMilliseconds(0.2),
        s_longestRest = TimeSpan.FromSeconds(2);

    private readonly Lock _newsGate = new(); // never held together with another lock
    private Dictionary<string, HashSet<RoomFeed>> _news = [];
    private bool _telling;

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
            if (_telling)
                return;
            _telling = true;
        }
        TellAll();
    }

    private void TellAll()
    {
        while (TakeNews() is { } news)
        {
            var told = 0;
            foreach (var (userId, rooms) in news)
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
            if (told <= Few)
                continue;
            var rest = s_restPerSession * told;
            _ = RestAsync(rest < s_longestRest ? rest : s_longestRest);
            return;
        }
    }

    private Dictionary<string, HashSet<RoomFeed>>? TakeNews()
    {
        lock (_newsGate)
        {
            _telling = _news.Count > 0;
            if (!_telling)
                return null;
            var news = _news;
            _news = [];
            return news;
        }
    }

    private async Task RestAsync(TimeSpan rest)
    {
        await Task.Delay(rest, _time);
        TellAll();
    }
}

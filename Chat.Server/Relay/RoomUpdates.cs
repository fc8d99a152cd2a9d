using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// Tells the sessions of a room that it has another name or topic. One read serves all sessions of a room. Rooms are
/// read one after the other, and each only after a rest that grows with its sessions; changes in between are merged. No
/// change is lost. Thread-safe.
/// </summary>
internal sealed class RoomUpdates(NodeRelay relay)
{
    /// <summary>Updates to at most this many sessions never wait.</summary>
    private const int Few = 8;

    private static readonly TimeSpan s_restPerSession = TimeSpan.FromMilliseconds(10),
        s_longestRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<string> _due = [];
    // The rooms that are due or rest. The value tells whether a room has changed since it was read.
    private readonly Dictionary<string, bool> _rooms = [];
    private bool _running;
    private bool _failed;

    /// <summary>Notes that the room has changed. It does no more, because the committing thread calls it.</summary>
    public void Ask(string roomId)
    {
        lock (_gate)
        {
            var rests = _rooms.ContainsKey(roomId);
            _rooms[roomId] = true;
            if (rests)
                return;
            _due.Enqueue(roomId);
            if (_running)
                return;
            _running = true;
        }
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        while (Next() is { } roomId)
        {
            var started = relay.Time.GetTimestamp();
            var rest = s_again;
            try
            {
                rest = await TellAsync(roomId);
                _failed = false;
            }
            catch (Exception e)
            {
                if (!_failed)
                    relay.Logger.RoomUpdateFailed(e);
                _failed = true;
                Change(roomId);
            }
            _ = RestAsync(roomId, rest);
            // The reads take no more than half of the time, however many rooms one person renames.
            if (relay.Time.GetElapsedTime(started) is { Ticks: > 0 } took)
                await Task.Delay(took, relay.Time);
        }
    }

    private string? Next()
    {
        lock (_gate)
        {
            _running = _due.TryDequeue(out var roomId);
            if (roomId is not null)
                _rooms[roomId] = false;
            return roomId;
        }
    }

    private void Change(string roomId)
    {
        lock (_gate)
            _rooms[roomId] = true;
    }

    private async Task RestAsync(string roomId, TimeSpan rest)
    {
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, relay.Time);
        lock (_gate)
        {
            if (!_rooms.Remove(roomId, out var changed) || !changed)
                return;
        }
        Ask(roomId);
    }

    private async Task<TimeSpan> TellAsync(string roomId)
    {
        var sessions = (relay.Feeds.Find(roomId)?.Subscriptions() ?? []).Where(s => s.IsMember).Select(s => s.Session)
            .Where(s => s.FollowsAll).ToList();
        if (sessions.Count == 0)
            return TimeSpan.Zero;
        var rooms = await relay.Catalog.ForMembersAsync(roomId, [.. sessions.Select(s => s.User.Id).Distinct()]);
        foreach (var session in sessions)
        {
            if (rooms.TryGetValue(session.User.Id, out var room))
                session.Updated(room);
        }
        if (sessions.Count <= Few)
            return TimeSpan.Zero;
        var rest = s_restPerSession * sessions.Count;
        return rest < s_longestRest ? rest : s_longestRest;
    }
}

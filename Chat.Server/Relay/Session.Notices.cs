using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// What a session says beside events. All of it is merged while it waits: the newest state of a thing is enough, and what does not fit the
/// bounds is dropped, except that a room changed, of which there are at most as many as rooms.
/// </summary>
public sealed partial class Session
{
    private const int MaxTyping = 64;
    private const int MaxMarkers = 1_000;
    private const int MaxPresence = 5_000;

    private readonly HashSet<string> _changedRooms = [];
    private readonly HashSet<(string Room, string User)> _typing = [];
    private readonly Dictionary<(string Room, string User), long> _markers = [];
    private readonly Dictionary<string, PresenceState> _presence = [];
    private bool _checkpointDue;
    private bool _anyNotice;

    internal void RoomChanged(string roomId)
    {
        if (_followed is not null)
            return;
        lock (_gate)
            NoticeRoomChanged(roomId);
        Wake();
    }

    internal void Heard(RelaySignal signal)
    {
        if (_followed is not null || !Wants(signal))
            return;
        lock (_gate)
        {
            switch (signal)
            {
                case RelaySignal.Typing typing when _typing.Count < MaxTyping:
                    _typing.Add((typing.RoomId, typing.UserId));
                    break;
                case RelaySignal.ReadMarker marker when _markers.Count < MaxMarkers:
                    _markers[(marker.RoomId, marker.UserId)] = marker.Seq;
                    break;
                default:
                    return;
            }
            _anyNotice = true;
        }
        Wake();
    }

    internal void Heard(string userId, PresenceState state)
    {
        if (_followed is not null || _consent.Blocked.Contains(userId))
            return;
        lock (_gate)
        {
            if (_presence.Count >= MaxPresence)
                return;
            _presence[userId] = state;
            _anyNotice = true;
        }
        Wake();
    }

    private void NoticeCheckpoint()
    {
        lock (_gate)
            (_checkpointDue, _anyNotice) = (true, true);
        Wake();
    }

    /// <summary>Called under the lock.</summary>
    private void NoticeRoomChanged(string roomId)
    {
        if (_followed is not null)
            return;
        _changedRooms.Add(roomId);
        _anyNotice = true;
    }

    private void ForgetNotices()
    {
        lock (_gate)
            ClearNotices();
        _checkpointAt = _relay.Time.GetTimestamp();
        _delivered = 0;
    }

    /// <summary>False: the connection is over.</summary>
    private async ValueTask<bool> WriteNoticesAsync()
    {
        if (!Volatile.Read(ref _anyNotice))
            return true;
        List<string> changed;
        List<Notice> notices = [];
        lock (_gate)
        {
            changed = [.. _changedRooms];
            notices.AddRange(_markers.Select(m => new Notice.ReadMarker(m.Key.Room, m.Key.User, m.Value)));
            notices.AddRange(_typing.Select(t => new Notice.Typing(t.Room, t.User)));
            if (_presence.Count > 0)
                notices.Add(new Notice.PresenceChanged([.. _presence.Select(p => new Presence(p.Key, p.Value))]));
            if (_checkpointDue)
                notices.Add(new Notice.Checkpoint(_delivered));
            ClearNotices();
        }

        for (var i = 0; i < changed.Count; i++)
        {
            Room? room;
            try
            {
                room = await _relay.Catalog.FindAsync(User.Id, changed[i]);
                // Over already, but what was visible is owed, and a client takes nothing of a room that it has not heard of.
                if (room is null && Follows(changed[i]))
                    room = await _relay.Catalog.FindLeftAsync(User.Id, changed[i]);
            }
            catch (ChatException)
            {
                lock (_gate)
                {
                    changed.Skip(i).ToList().ForEach(NoticeRoomChanged);
                    _checkpointDue |= notices.Any(n => n is Notice.Checkpoint);
                }
                throw;
            }
            room = room is null ? null : _consent.Seen(room);
            if (room is not null && !await Timed(_transport.WriteAsync(new Notice.RoomUpdated(room))))
                return false;
        }
        foreach (var notice in notices)
        {
            if (!await Timed(_transport.WriteAsync(notice)))
                return false;
        }
        return true;
    }

    private bool Follows(string roomId)
    {
        lock (_gate)
            return _subscriptions.ContainsKey(roomId);
    }

    /// <summary>Called under the lock.</summary>
    private void ClearNotices()
    {
        _changedRooms.Clear();
        _typing.Clear();
        _markers.Clear();
        _presence.Clear();
        (_checkpointDue, _anyNotice) = (false, false);
    }
}

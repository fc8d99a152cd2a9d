using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// The notices that a session writes beside events. Waiting notices are merged, because the newest state is enough.
/// Notices that do not fit the bounds are dropped, except those of new and changed rooms, of which there are at most as
/// many as rooms. The notice of a new room comes before its events; all others come after the waiting events, or after
/// a few portions of them.
/// </summary>
public sealed partial class Session
{
    private const int MaxTyping = 64;
    private const int MaxMarkers = 1_000;
    private const int MaxPresence = 5_000;

    /// <summary>Shared notices in one write: about as many bytes as a portion of events.</summary>
    private const int NoticesAtOnce = 64;

    private readonly HashSet<string> _joinedRooms = [];
    private Waiting? _waiting;

    /// <summary>Whether the session gets anything but the events of one room.</summary>
    internal bool FollowsAll => _followed is null;

    /// <summary>
    /// Notes that a room of this session has another name or topic, with the room as its user sees it.
    /// </summary>
    internal void Updated(Room room) => Note(waiting => waiting.Updated[room.Id] = room);

    /// <summary>Takes typing and read markers of one room.</summary>
    internal void Heard(IReadOnlyList<SharedNotice> notices)
    {
        if (_followed is not null || notices.Count == 0)
            return;
        var any = false;
        lock (_gate)
        {
            foreach (var shared in notices.Where(Wants))
            {
                if (shared.Notice is Notice.ReadMarker marker)
                    any |= Put(Pending.Markers, MaxMarkers, (marker.RoomId, marker.UserId), shared);
                // A user's own typing is no news to the user's devices; the user's own read marker is.
                else if (shared.Notice is Notice.Typing typing && typing.UserId != User.Id)
                    any |= Put(Pending.Typing, MaxTyping, (typing.RoomId, typing.UserId), shared);
            }
        }
        if (any)
            Wake();
    }

    internal void Heard(string userId, PresenceState state)
    {
        if (!_consent.Blocked.Contains(userId))
            Note(waiting => Put(waiting.Presence, MaxPresence, userId, state));
    }

    /// <summary>Called under the lock.</summary>
    private Waiting Pending => _waiting ??= new Waiting();

    private static bool Put<TKey, TValue>(Dictionary<TKey, TValue> gathered, int most, TKey key, TValue value)
        where TKey : notnull
    {
        if (gathered.Count >= most && !gathered.ContainsKey(key))
            return false;
        gathered[key] = value;
        return true;
    }

    private void Note(Action<Waiting> note)
    {
        if (_followed is not null)
            return;
        lock (_gate)
            note(Pending);
        Wake();
    }

    private void NoticeCheckpoint()
    {
        lock (_gate)
            Pending.CheckpointDue = true;
        Wake();
    }

    /// <summary>Called under the lock.</summary>
    private void NoticeJoined(string roomId)
    {
        if (_followed is null)
            _joinedRooms.Add(roomId);
    }

    private void ForgetNotices()
    {
        lock (_gate)
        {
            _joinedRooms.Clear();
            _waiting = null;
        }
        _checkpointAt = _relay.Time.GetTimestamp();
        _delivered = 0;
    }

    /// <summary>
    /// Writes rooms that are new to the client, which accepts no event of a room that it does not know. False if the
    /// connection is over.
    /// </summary>
    private async ValueTask<bool> WriteJoinedAsync()
    {
        while (true)
        {
            string? roomId;
            lock (_gate)
            {
                roomId = _joinedRooms.FirstOrDefault();
                if (roomId is null || !_joinedRooms.Remove(roomId))
                    return true;
            }
            Room? room;
            try
            {
                room = await _relay.Catalog.FindAsync(User.Id, roomId);
                // The membership is over already, but the client must still get the events that were visible to it.
                if (room is null && Follows(roomId))
                    room = await _relay.Catalog.FindLeftAsync(User.Id, roomId);
            }
            catch (ChatException)
            {
                lock (_gate)
                    _joinedRooms.Add(roomId);
                throw;
            }
            if (room is not null && _consent.Seen(room) is { } seen
                && !await Timed(_transport.WriteAsync(new Notice.RoomUpdated(seen))))
                return false;
        }
    }

    /// <summary>Writes all other waiting notices. False if the connection is over.</summary>
    private async ValueTask<bool> WriteNoticesAsync()
    {
        Waiting? waiting;
        lock (_gate)
            (waiting, _waiting) = (_waiting, null);
        if (waiting is null)
            return true;
        foreach (var room in waiting.Updated.Values)
        {
            if (Follows(room.Id) && _consent.Seen(room) is { } seen
                && !await Timed(_transport.WriteAsync(new Notice.RoomUpdated(seen))))
                return false;
        }
        foreach (var some in waiting.Markers.Values.Concat(waiting.Typing.Values).Chunk(NoticesAtOnce))
        {
            if (!await Timed(_transport.WriteAsync(some)))
                return false;
        }
        var presence = waiting.Presence.Select(p => new Presence(p.Key, p.Value)).ToList();
        if (presence.Count > 0 && !await Timed(_transport.WriteAsync(new Notice.PresenceChanged(presence))))
            return false;
        return !waiting.CheckpointDue || await Timed(_transport.WriteAsync(new Notice.Checkpoint(_delivered)));
    }

    private bool Follows(string roomId)
    {
        lock (_gate)
            return _subscriptions.ContainsKey(roomId);
    }

    /// <summary>
    /// The waiting notices, merged. Made when there is one, so that a quiet session has no such object.
    /// </summary>
    private sealed class Waiting
    {
        public Dictionary<string, Room> Updated { get; } = [];

        public Dictionary<(string Room, string User), SharedNotice> Markers { get; } = [];

        public Dictionary<(string Room, string User), SharedNotice> Typing { get; } = [];

        public Dictionary<string, PresenceState> Presence { get; } = [];

        public bool CheckpointDue { get; set; }
    }
}

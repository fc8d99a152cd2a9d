using System.Collections.Immutable;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Syncing;

/// <summary>
/// My rooms, where I stand in each, and the events that wait for the reader. Outlives the connections: whatever a connection
/// brings, twice or in pieces, comes out once, in order and without holes. Thread-safe.
/// <para>
/// Bounded: if the reader does not keep up, what no longer fits is not kept but remembered as a range of numbers, and
/// paged from the server's log when the reader gets there. The log is the buffer; the connection never stalls.
/// </para>
/// </summary>
/// <param name="start">The cursors of an earlier run.</param>
/// <param name="generations">Of the events at these cursors, as far as they are known.</param>
/// <param name="capacity">Most events that are kept for the reader.</param>
/// <param name="signals">Told what is worth showing at once.</param>
/// <param name="log">Where log lines go.</param>
internal sealed partial class RoomFeed(
    IReadOnlyDictionary<string, long> start, IReadOnlyDictionary<string, string> generations, int capacity,
    SignalFeed signals, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Standing> _standing = start.ToDictionary(
        c => c.Key, c => new Standing { Accepted = c.Value, Generation = generations.GetValueOrDefault(c.Key) });
    private readonly Queue<FeedItem> _items = [];
    private volatile ImmutableDictionary<string, Room> _rooms = ImmutableDictionary<string, Room>.Empty;
    private volatile ImmutableDictionary<string, long> _handed = start.ToImmutableDictionary();
    private volatile ImmutableDictionary<string, string> _handedGenerations =
        generations.Where(g => start.ContainsKey(g.Key)).ToImmutableDictionary();
    private volatile User? _me;
    private bool _resuming = start.Count > 0;
    private long _progress;

    /// <summary>Who I am; null before the first Sync.</summary>
    public User? Me => _me;

    /// <summary>My rooms; a snapshot.</summary>
    public ImmutableDictionary<string, Room> Rooms => _rooms;

    /// <summary>The last number handed to the reader in each room; a snapshot.</summary>
    public ImmutableDictionary<string, long> Handed => _handed;

    /// <summary>The generation of the event at each of <see cref="Handed"/>, where it has one; a snapshot.</summary>
    public ImmutableDictionary<string, string> HandedGenerations => _handedGenerations;

    /// <summary>
    /// The items that wait for the reader: events, and ranges of numbers that are paged when the reader gets there.
    /// </summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _items.Count;
        }
    }

    /// <summary>The rooms that I am invited to.</summary>
    public InvitationList Invitations { get; } = new(signals);

    /// <summary>Grows whenever something was accepted.</summary>
    public long Progress => Volatile.Read(ref _progress);

    /// <summary>An event. False on a hole before it, or for an unknown room: it is not accepted, and a Sync is needed.</summary>
    public bool Accept(ChatEvent e)
    {
        lock (_lock)
        {
            if (!_standing.TryGetValue(e.RoomId, out var standing) || e.Seq > standing.Accepted + 1)
                return false;
            if (e.Seq <= standing.Accepted)
                return true;
            (standing.Accepted, standing.Generation) = (e.Seq, e.Generation);
            _progress++;
            if (_items.Count < capacity)
            {
                standing.Tail = null;
                Enqueue(new FeedItem.One(e));
            }
            else
                Defer(e.RoomId, standing, e.Seq, e.Seq);

            if (_rooms.TryGetValue(e.RoomId, out var room))
                _rooms = _rooms.SetItem(e.RoomId, room.After(e, _me?.Id));
        }

        Wake();
        return true;
    }

    /// <summary>Numbers that will not come by themselves. False on a hole before them.</summary>
    public bool Skip(string roomId, long from, long to)
    {
        lock (_lock)
        {
            if (!_standing.TryGetValue(roomId, out var standing) || from > standing.Accepted + 1)
                return false;
            if (to <= standing.Accepted)
                return true;
            from = standing.Accepted + 1;
            (standing.Accepted, standing.Generation) = (to, null);
            _progress++;
            Defer(roomId, standing, from, to);
        }

        Wake();
        return true;
    }

    /// <summary>A room is mine, or changed.</summary>
    public void RoomUpdated(Room room)
    {
        lock (_lock)
        {
            if (!_standing.ContainsKey(room.Id))
                Add(room.Id, Math.Max(0, room.Joined - 1));
            _rooms = _rooms.SetItem(room.Id, Newest(room));
        }

        Invitations.Remove(room.Id);
        signals.Publish(new RoomUpdatedSignal(room));
    }

    /// <summary>A room is no longer mine; what came of it before stays in line.</summary>
    public void RoomRemoved(string roomId)
    {
        lock (_lock)
        {
            if (!_standing.ContainsKey(roomId))
                return;
            Drop(roomId);
            _rooms = _rooms.Remove(roomId);
        }

        Wake();
    }

    /// <summary>Somebody has read up to a number.</summary>
    public void ReadMarker(string roomId, string userId, long seq)
    {
        if (userId == _me?.Id)
            ReadTo(roomId, seq);
        signals.Publish(new ReadMarkerSignal(roomId, userId, seq));
    }

    /// <summary>I have read up to a number.</summary>
    public void ReadTo(string roomId, long seq)
    {
        lock (_lock)
            if (_rooms.TryGetValue(roomId, out var room))
                _rooms = _rooms.SetItem(roomId, room.ReadTo(seq));
    }

    /// <summary>Somebody is typing.</summary>
    public void Typing(string roomId, string userId) => signals.Publish(new TypingSignal(roomId, userId));

    /// <summary>Who is there.</summary>
    public void Presence(IReadOnlyList<Presence> users) => signals.Publish(new PresenceSignal(users));

    private void Enqueue(FeedItem item) => _items.Enqueue(item);

    // At most one range a room at the end of the line, which grows: memory does not depend on how far the reader is behind.
    private void Defer(string roomId, Standing standing, long from, long to)
    {
        if (standing.Tail is { } tail && tail.To == from - 1)
            tail.To = to;
        else
            Enqueue(standing.Tail = new FeedItem.Range(roomId, from, to));
    }

    private void Add(string roomId, long cursor)
    {
        // Back before the rest of an earlier stay was read: that rest ends where the new stay begins.
        foreach (var rest in _items.OfType<FeedItem.Range>().Where(r => r.RoomId == roomId && r.To == long.MaxValue))
            rest.To = Math.Max(rest.From - 1, cursor);
        _standing[roomId] = new Standing { Accepted = cursor };
        // Where the reader still has an earlier stay in this room before it, its place changes when it gets here.
        if (_handed.ContainsKey(roomId))
            Enqueue(new FeedItem.Place(roomId, cursor));
        else
            SetHanded(roomId, cursor, null);
    }

    private void Drop(string roomId)
    {
        _standing.Remove(roomId);
        if (_items.Count > 0)
            Enqueue(new FeedItem.Place(roomId, null));
        else
            SetHanded(roomId, null, null);
        signals.Publish(new RoomRemovedSignal(roomId));
    }

    // The place of the reader; no number: it has none in this room any more.
    private void SetHanded(string roomId, long? seq, string? generation)
    {
        _handed = seq is { } number ? _handed.SetItem(roomId, number) : _handed.Remove(roomId);
        _handedGenerations = generation is null
            ? _handedGenerations.Remove(roomId) : _handedGenerations.SetItem(roomId, generation);
    }

    // A snapshot may have been taken before events that we have already.
    private Room Newest(Room room) =>
        _standing.TryGetValue(room.Id, out var standing) && standing.Accepted > room.Head ? room with { Head = standing.Accepted } : room;

    private sealed class Standing
    {
        public required long Accepted { get; set; }

        /// <summary>The generation of the event with that number; null where it is not known.</summary>
        public string? Generation { get; set; }

        /// <summary>The range at the end of this room's line that may still grow.</summary>
        public FeedItem.Range? Tail { get; set; }
    }
}

using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client.Syncing;

/// <content>The request and the answer of a Sync.</content>
internal sealed partial class RoomFeed
{
    private Dictionary<string, long> _asked = [];
    private bool? _knowsGenerations;

    /// <summary>Whether generations are known, and not yet whether the server lists the feature.</summary>
    public bool NeedsFeatures
    {
        get
        {
            lock (_lock)
                return _knowsGenerations is null && _standing.Values.Any(s => s.Generation is not null);
        }
    }

    /// <summary>The last number accepted in each room: where the server has to go on.</summary>
    public Dictionary<string, long> Accepted()
    {
        lock (_lock)
            return _standing.ToDictionary(s => s.Key, s => s.Value.Accepted);
    }

    /// <summary>The <see cref="Features"/> that the server lists.</summary>
    public void Learn(IReadOnlyList<string>? features)
    {
        lock (_lock)
            _knowsGenerations = features?.Contains(Features.Generations) is true;
    }

    /// <summary>
    /// The arguments of a Sync: the last number accepted in each room and, for a server that lists the feature, the
    /// generation of that event where it is known.
    /// </summary>
    public SyncRequest Request()
    {
        lock (_lock)
        {
            _asked = Accepted();
            var known = _standing.Where(s => s.Value.Generation is not null);
            return new SyncRequest(_asked, _knowsGenerations is true
                ? known.ToDictionary(s => s.Key, s => s.Value.Generation!) : null);
        }
    }

    /// <summary>
    /// The answer of a Sync. False if the server starts some room later than we need, because we did not know the room
    /// when we asked: ask again, with the cursors as they are now.
    /// </summary>
    public bool Synced(SyncAnswer answer)
    {
        var complete = true;
        lock (_lock)
        {
            _me = answer.User;
            Learn(answer.Features);
            var mine = answer.Rooms.ToDictionary(r => r.Id);
            // A server that does not know of generations does not tell that a room went back. The cursors as they are
            // now may be newer than the answer, since events came while it was on its way.
            foreach (var room in answer.Rooms.Where(r => _standing.ContainsKey(r.Id)))
            {
                var said = answer.Reset?.Contains(room.Id) is true;
                if (!said && _asked.GetValueOrDefault(room.Id) <= room.Head)
                    continue;
                StartOver(room.Id, room.Head);
                complete &= said; // otherwise the server goes on after the number that it was asked for
            }

            foreach (var gone in _standing.Keys.Where(id => !mine.ContainsKey(id)).ToList())
            {
                // Removed while we were away: up to the leave the log is still ours to read.
                Enqueue(new FeedItem.Range(gone, _standing[gone].Accepted + 1, long.MaxValue));
                Drop(gone);
            }

            foreach (var room in mine.Values.Where(r => !_standing.ContainsKey(r.Id)))
            {
                // The very first time a room begins now; I was added to a room that appears later.
                var cursor = _resuming ? Math.Max(0, room.Joined - 1) : room.Head;
                Add(room.Id, cursor);
                complete &= cursor >= room.Head;
            }

            _rooms = mine.ToImmutableDictionary(r => r.Key, r => Newest(r.Value));
            _resuming = true;
        }

        // An older server sends no invitations.
        Invitations.Set(answer.Invitations ?? []);
        Wake();
        return complete;
    }

    // The items that wait for the reader come from a log that no longer exists.
    private void StartOver(string roomId, long head)
    {
        var others = _items.Where(i => i.RoomId != roomId).ToList();
        _items.Clear();
        others.ForEach(Enqueue);
        _standing[roomId] = new Standing { Accepted = head };
        SetHanded(roomId, head, null);
        signals.Publish(new RoomResetSignal(roomId));
    }
}

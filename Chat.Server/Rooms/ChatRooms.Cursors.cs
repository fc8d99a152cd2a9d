using Chat.Contracts;
using Chat.Server.Log;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Rooms;

/// <summary>Where delivery starts, and whether a client's cursors are of the log as it is.</summary>
public sealed partial class ChatRooms
{
    /// <summary>Looked up by their numbers, so many events cost as much as one read.</summary>
    private const int LookedUpForOne = 100;

    /// <summary>Starts a session's delivery over from a client's cursors.</summary>
    /// <param name="session">The client's.</param>
    /// <param name="cursors">The last number of each room that the client has.</param>
    /// <param name="generations">Those of the events at the cursors, as far as the client knows them. Null: it does not
    /// ask.</param>
    /// <param name="cancellation">The connection is over.</param>
    /// <returns>The rooms I am in, and those of them whose cursor does not fit and was ignored.</returns>
    /// <exception cref="ChatException"><c>too_large</c>: more cursors than anybody may have rooms.</exception>
    public async Task<(IReadOnlyList<Room> Rooms, IReadOnlyList<string> Reset)> SyncAsync(
        Session session, IReadOnlyDictionary<string, long> cursors, IReadOnlyDictionary<string, string>? generations,
        CancellationToken cancellation)
    {
        if (cursors.Count > _limits.Rooms)
            throw new ChatException(ErrorCodes.TooLarge, $"cursors: at most {_limits.Rooms}");
        // A session delivers nothing while it syncs, so it goes on delivering until its user's reads are paid for.
        await reads.RestAsync(session.User.Id, cancellation);
        MyRooms? mine = null;
        var rooms = await session.SyncAsync(
            cursors, async stopping => mine = await RoomsOfAsync(session.User, cursors, generations, stopping),
            cancellation);
        return (rooms, [.. rooms.Select(r => r.Id).Where(mine!.Unfit.Contains)]);
    }

    /// <summary>The same for a client that follows one room and says of which generation its last event is.</summary>
    /// <param name="me">The person who follows.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="after">The client's last number.</param>
    /// <param name="generation">That of the event with this number; null if the client does not ask.</param>
    /// <param name="isOfEvent">False: the generation is that of an earlier event, so only the number counts.</param>
    /// <param name="cancellation">The connection is over.</param>
    /// <exception cref="ChatException"><c>reset</c>: it does not fit; or the room is not for this person.</exception>
    public async Task RequireFitAsync(
        User me, string? roomId, long? after, string? generation, CancellationToken cancellation, bool isOfEvent = true)
    {
        if (generation is null || after is not > 0)
            return;
        Rules.Id(roomId);
        var fits = await reads.FeedAsync(me.Id, LookAsync, _ => 1, cancellation);
        if (!fits)
            throw new ChatException(ErrorCodes.Reset,
                $"event {after} is not the one that you had; forget this room's events and start over");

        async Task<bool> LookAsync()
        {
            // A person who was removed must not learn which numbers there are since.
            var last = Math.Min(after.Value, (await PastOrPresentAsync(me, roomId!)).LeftSeq ?? long.MaxValue);
            var given = isOfEvent ? new Dictionary<string, string> { [roomId!] = generation } : [];
            return (await UnfitAsync([new(roomId!, last)], given, cancellation)).Count == 0;
        }
    }

    /// <summary>Only cursors of rooms that were read are looked up: a client may send any others.</summary>
    private Task<MyRooms> RoomsOfAsync(
        User me, IReadOnlyDictionary<string, long> cursors, IReadOnlyDictionary<string, string>? generations,
        CancellationToken cancellation)
    {
        var looked = 0;
        return reads.TakeAsync(
            me.Id, ReadAsync, mine => ReadBudget.CostOf(mine.Rooms) + (looked / LookedUpForOne), cancellation);

        async Task<MyRooms> ReadAsync()
        {
            var mine = await catalog.OfAsync(me.Id, cursors.Keys.Where(Rules.IsId), cancellation);
            if (generations is null)
                return mine;
            var asked = mine.Rooms.Select(r => r.Id).Concat(mine.Left.Keys)
                .Select(id => KeyValuePair.Create(id, cursors.GetValueOrDefault(id))).Where(c => c.Value > 0).ToList();
            looked = asked.Count;
            return mine with { Unfit = await UnfitAsync(asked, generations, cancellation) };
        }
    }

    /// <summary>
    /// Returns the rooms in which the event at the cursor is missing, or is not the client's event. Then the database
    /// lost a tail, or was restored from a backup. An event without a generation, which an older node wrote, always
    /// fits.
    /// </summary>
    private async Task<IReadOnlySet<string>> UnfitAsync(
        List<KeyValuePair<string, long>> cursors, IReadOnlyDictionary<string, string> generations,
        CancellationToken cancellation)
    {
        if (cursors.Count == 0)
            return new HashSet<string>();
        var found = await log.GenerationsAsync(cursors.ToDictionary(), cancellation);
        return cursors.Select(c => c.Key).Where(room => !Fits(room, generations.GetValueOrDefault(room))).ToHashSet();

        bool Fits(string room, string? given) =>
            found.TryGetValue(room, out var stored) && (stored is null || given is null || stored == given);
    }
}

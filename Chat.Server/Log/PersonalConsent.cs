using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>One person's requests, invitations and blocks at one moment. Immutable.</summary>
public sealed record PersonalConsent
{
    /// <summary>The state of most people: nobody is blocked and nothing waits.</summary>
    public static PersonalConsent None { get; } = new();

    /// <summary>The version, which grows with each change; 0 if there never was one.</summary>
    public long Version { get; init; }

    /// <summary>The ids of the people whom this person blocks.</summary>
    public IReadOnlySet<string> Blocked { get; init; } = new HashSet<string>();

    /// <summary>The direct rooms that this person does not see.</summary>
    public IReadOnlySet<string> Hidden { get; init; } = new HashSet<string>();

    /// <summary>The direct rooms that wait for consent.</summary>
    public IReadOnlyDictionary<string, RequestSide> Requests { get; init; } = new Dictionary<string, RequestSide>();

    /// <summary>The rooms that this person is invited to, the newest invitation first.</summary>
    public IReadOnlyList<Invitation> Invitations { get; init; } = [];

    /// <summary>The people whom this person has invited and who have not accepted, by room.</summary>
    public ILookup<string, UserRef> Invited { get; init; } = Array.Empty<UserRef>().ToLookup(_ => "");

    /// <summary>
    /// Whether this person sees neither presence nor typing nor the other's read markers in this room.
    /// </summary>
    public bool IsQuiet(string roomId) => Requests.ContainsKey(roomId);

    /// <summary>A room as this person may see it; null if not at all.</summary>
    public Room? Seen(Room room)
    {
        if (Version == 0)
            return room;
        if (Hidden.Contains(room.Id))
            return null;
        if (Requests.TryGetValue(room.Id, out var side))
            return room with { Request = side, Seen = room.Seen?.ToDictionary(s => s.Key, _ => 0L) };
        return Invited.Contains(room.Id) ? room with { Invited = [.. Invited[room.Id]] } : room;
    }

    /// <summary>The rooms that look different from how they looked <paramref name="before"/>.</summary>
    public IEnumerable<string> RoomsChangedSince(PersonalConsent before)
    {
        foreach (var roomId in Requests.Keys.Union(before.Requests.Keys))
        {
            if (!Requests.TryGetValue(roomId, out var now) || !before.Requests.TryGetValue(roomId, out var then)
                || now != then)
                yield return roomId;
        }
        foreach (var roomId in Invited.Select(i => i.Key).Union(before.Invited.Select(i => i.Key)))
        {
            if (!Invited[roomId].SequenceEqual(before.Invited[roomId]))
                yield return roomId;
        }
    }
}

using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>Whom this client has met: their names by id, whether they are there, and who spoke last. Not thread-safe.</summary>
public sealed class People
{
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, PresenceState> _presence = [];
    private readonly List<string> _lastSpoke = [];

    /// <summary>Learns a name.</summary>
    public void Meet(UserRef person) => _names[person.Id] = person.Name;

    /// <summary>Somebody spoke: completion offers them first.</summary>
    public void Spoke(UserRef person)
    {
        Meet(person);
        _lastSpoke.Remove(person.Id);
        _lastSpoke.Insert(0, person.Id);
    }

    /// <summary>Learns who is there.</summary>
    public void Learn(IEnumerable<Presence> users)
    {
        foreach (var user in users)
            _presence[user.UserId] = user.State;
    }

    /// <summary>The name of an id; null if nobody of that id was met.</summary>
    public string? Name(string userId) => _names.GetValueOrDefault(userId);

    /// <summary>Whether somebody is there; null if the server has not said.</summary>
    public PresenceState? State(string userId) => _presence.TryGetValue(userId, out var state) ? state : null;

    /// <summary>All names but one, those who spoke last first.</summary>
    public IReadOnlyList<string> Names(string? exceptId) =>
        [.. _lastSpoke.Concat(_names.Keys.Except(_lastSpoke).OrderBy(id => _names[id], StringComparer.CurrentCultureIgnoreCase)).Where(id => id != exceptId).Select(id => _names[id])];
}

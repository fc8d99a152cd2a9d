using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>Who is there on the other nodes, as they say it. Not thread-safe: its <see cref="PresenceBoard"/> locks.</summary>
internal sealed class PresenceElsewhere
{
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly Dictionary<string, Dictionary<string, int>> _rooms = [];

    /// <summary>The best of a user's states on all of them.</summary>
    public PresenceState StateOf(string userId) =>
        _nodes.Values.Select(n => n.Users.TryGetValue(userId, out var user) ? user.State : PresenceState.Offline).DefaultIfEmpty().Max();

    /// <summary>Who is shown in a room.</summary>
    public IReadOnlyCollection<string> In(string roomId) => _rooms.TryGetValue(roomId, out var users) ? users.Keys : [];

    /// <summary>The rooms in which a user is shown.</summary>
    public IEnumerable<string> RoomsOf(string userId) =>
        _nodes.Values.SelectMany(n => n.Users.TryGetValue(userId, out var user) ? user.Rooms : []).Distinct();

    /// <summary>Takes what a node says.</summary>
    public void Take(NodePresence said)
    {
        if (!_nodes.TryGetValue(said.Node, out var node))
            _nodes[said.Node] = node = new Node();
        node.LostAt = null;
        if (said.Part.HasFlag(PresencePart.First))
            node.Unconfirmed = [.. node.Users.Keys];
        foreach (var user in said.Users)
        {
            node.Unconfirmed.Remove(user.UserId);
            Set(node, user.UserId, user.State == PresenceState.Offline ? null : user);
        }
        if (!said.Part.HasFlag(PresencePart.Last))
            return;
        foreach (var userId in node.Unconfirmed)
            Set(node, userId, null);
        node.Unconfirmed = [];
    }

    /// <summary>Who would not be there any more after that: whom <see cref="Take"/> may take away without naming them.</summary>
    public IEnumerable<string> MayGo(NodePresence said) =>
        said.Part.HasFlag(PresencePart.Last) && _nodes.TryGetValue(said.Node, out var node)
            ? said.Part.HasFlag(PresencePart.First) ? node.Users.Keys : node.Unconfirmed
            : [];

    /// <summary>A node is gone; its users have a moment to come back elsewhere.</summary>
    public void Lose(string nodeId, long now)
    {
        if (_nodes.TryGetValue(nodeId, out var node))
            node.LostAt ??= now;
    }

    /// <summary>The users of nodes that were lost before a moment.</summary>
    public IReadOnlyList<string> LostUsers(Func<long, bool> before) => [.. Lost(before).SelectMany(n => n.Value.Users.Keys)];

    /// <summary>Forgets nodes that were lost before a moment.</summary>
    public void Forget(Func<long, bool> before)
    {
        foreach (var (nodeId, node) in Lost(before).ToList())
        {
            foreach (var userId in node.Users.Keys.ToList())
                Set(node, userId, null);
            _nodes.Remove(nodeId);
        }
    }

    private IEnumerable<KeyValuePair<string, Node>> Lost(Func<long, bool> before) => _nodes.Where(n => n.Value.LostAt is { } at && before(at));

    private void Set(Node node, string userId, UserPresence? user)
    {
        if (node.Users.Remove(userId, out var old))
        {
            foreach (var roomId in old.Rooms)
                Count(roomId, userId, -1);
        }
        if (user is null)
            return;
        node.Users[userId] = user;
        foreach (var roomId in user.Rooms)
            Count(roomId, userId, 1);
    }

    /// <summary>On how many nodes a user is shown in a room.</summary>
    private void Count(string roomId, string userId, int change)
    {
        if (!_rooms.TryGetValue(roomId, out var users))
            _rooms[roomId] = users = [];
        var count = users.GetValueOrDefault(userId) + change;
        if (count > 0)
            users[userId] = count;
        else if (users.Remove(userId) && users.Count == 0)
            _rooms.Remove(roomId);
    }

    private sealed class Node
    {
        public Dictionary<string, UserPresence> Users { get; } = [];

        /// <summary>Not named yet while the node says who is there.</summary>
        public HashSet<string> Unconfirmed { get; set; } = [];

        public long? LostAt { get; set; }
    }
}

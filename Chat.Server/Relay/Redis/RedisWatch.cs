namespace Chat.Server.Relay.Redis;

/// <summary>
/// Tells from what is heard whether word of other nodes' commits comes here. Every node says a few times a second on a common channel that it is there,
/// and hears itself: a Redis that takes what is said and brings nothing is found out by that. Thread-safe; it does nothing by itself.
/// </summary>
internal sealed class RedisWatch(string self, RegisteredNodes registered, TimeProvider time)
{
    /// <summary>How often a node says that it is there.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>Three beats missed: so long that a busy machine seldom makes them up, and short enough to see a dead node's last commit within 2 s.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromMilliseconds(1_200);

    /// <summary>So long ago that this node has heard itself, others cannot be blamed for being silent: less than what makes them so, by one beat.</summary>
    private static readonly TimeSpan s_unsure = TimeSpan.FromMilliseconds(700);

    /// <summary>Five own beats missed.</summary>
    private static readonly TimeSpan s_deaf = TimeSpan.FromSeconds(2);

    /// <summary>How long after trouble what comes is enough: by then every channel is subscribed to again.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(1);

    /// <summary>How long a node may be silent until it is gone; or, if it is registered, until health says so.</summary>
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Echo> _echoes = [];
    private readonly Dictionary<string, Peer> _peers = [];
    private readonly Dictionary<string, long> _unheardSince = [];
    private long _trouble = Math.Max(1, time.GetTimestamp());
    private bool _unsure;

    /// <summary>How things stand, as of the last <see cref="Look"/>.</summary>
    public RedisState State { get; private set; } = new(Trusts: false, Deaf: true, Complete: false, Unheard: []);

    /// <summary>Something broke, if only for a moment: what is heard counts from a second after this.</summary>
    public void Disturbed()
    {
        lock (_gate)
            _trouble = time.GetTimestamp();
    }

    /// <summary>It begins now.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _trouble = time.GetTimestamp();
            foreach (var number in _echoes.Keys.ToList())
                _echoes[number] = new Echo(_trouble, Heard: false);
        }
    }

    /// <summary>These numbers of echoes have to come back from now on, one for each shard.</summary>
    public void Expect(IReadOnlyCollection<int> echoes)
    {
        lock (_gate)
        {
            foreach (var old in _echoes.Keys.Where(e => !echoes.Contains(e)).ToList())
                _echoes.Remove(old);
            foreach (var echo in echoes)
                _echoes.TryAdd(echo, new Echo(time.GetTimestamp(), Heard: false));
        }
    }

    /// <summary>This node has heard itself.</summary>
    public void HeardEcho(int number)
    {
        lock (_gate)
        {
            if (_echoes.ContainsKey(number))
                _echoes[number] = new Echo(time.GetTimestamp(), Heard: true);
        }
    }

    /// <summary>Another node says something. True if it was not known.</summary>
    public bool Heard(string node, Heartbeat? beat, out bool hasLost)
    {
        lock (_gate)
        {
            var isNew = !_peers.TryGetValue(node, out var peer) && beat is not { Leaves: true };
            if (isNew)
                _peers[node] = peer = new Peer { Lost = beat?.Lost ?? 0 };
            hasLost = peer is not null && beat is not null && beat.Lost > peer.Lost;
            if (peer is null)
                return false;
            peer.HeardAt = time.GetTimestamp();
            if (beat is not null)
                (peer.Lost, peer.Leaves) = (beat.Lost, peer.Leaves || beat.Leaves);
            return isNew;
        }
    }

    /// <summary>What has become of it all. Called a few times a second.</summary>
    /// <param name="complete">Whether everything that is wanted is listened to.</param>
    public RedisNews Look(bool complete)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var oldest = _echoes.Values.Max(e => time.GetElapsedTime(e.At, now));
            var (deaf, wasUnsure) = (oldest >= s_deaf, _unsure);
            _unsure = oldest >= s_unsure;
            if (oldest >= s_silent)
                _trouble = now;
            List<string> silent = [], gone = [], left = [];
            foreach (var (node, peer) in _peers.ToList())
            {
                if (_unsure || wasUnsure)
                {
                    if (!peer.Leaves)
                        peer.HeardAt = now;
                    continue;
                }
                var since = time.GetElapsedTime(peer.HeardAt, now);
                var isSilent = peer.Leaves || since >= s_silent;
                if (isSilent && !peer.Silent)
                    (peer.Leaves ? left : silent).Add(node);
                peer.Silent = isSilent;
                if (isSilent && since >= s_gone && (peer.Leaves || !registered.Ids.Contains(node)))
                {
                    _peers.Remove(node);
                    gone.Add(node);
                }
            }
            var unheard = Unheard(now);
            var steady = complete && _echoes.Values.All(e => e.Heard && e.At > _trouble && time.GetElapsedTime(_trouble, e.At) >= s_settled);
            var trusts = steady && unheard.Count == 0 && !_peers.Values.Any(p => p.Silent);
            State = new RedisState(trusts, deaf || _echoes.Values.Any(e => !e.Heard), complete, [.. unheard.Where(u => u.Value >= s_gone).Select(u => u.Key)]);
            return new RedisNews(trusts, deaf, silent, left, gone);
        }
    }

    private Dictionary<string, TimeSpan> Unheard(long now)
    {
        var unheard = registered.Ids.Where(id => id != self && (!_peers.TryGetValue(id, out var peer) || peer.Silent)).ToHashSet();
        foreach (var heard in _unheardSince.Keys.Where(id => !unheard.Contains(id)).ToList())
            _unheardSince.Remove(heard);
        foreach (var id in unheard)
            _unheardSince.TryAdd(id, now);
        return _unheardSince.ToDictionary(u => u.Key, u => time.GetElapsedTime(u.Value, now));
    }

    /// <param name="At">When it was last heard, or first expected.</param>
    /// <param name="Heard">Whether it ever was.</param>
    private readonly record struct Echo(long At, bool Heard);

    private sealed class Peer
    {
        public long HeardAt { get; set; }

        public long Lost { get; set; }

        public bool Leaves { get; set; }

        public bool Silent { get; set; }
    }
}

/// <summary>How this node stands with Redis.</summary>
/// <param name="Trusts">Word of every commit comes: the log is not asked.</param>
/// <param name="Deaf">Nothing comes, or nothing has come yet.</param>
/// <param name="Complete">Every room that is followed is listened to.</param>
/// <param name="Unheard">Nodes that are registered in the database and have not been heard for seconds.</param>
internal sealed record RedisState(bool Trusts, bool Deaf, bool Complete, IReadOnlyList<string> Unheard);

/// <summary>What a look has brought.</summary>
/// <param name="Trusts">Word of every commit comes. If not, the log has to be asked.</param>
/// <param name="Deaf">Nothing has come for seconds.</param>
/// <param name="Silent">Nodes that have fallen silent since the last look.</param>
/// <param name="Left">Nodes that have said goodbye since then.</param>
/// <param name="Gone">Nodes that are gone.</param>
internal sealed record RedisNews(bool Trusts, bool Deaf, IReadOnlyList<string> Silent, IReadOnlyList<string> Left, IReadOnlyList<string> Gone);

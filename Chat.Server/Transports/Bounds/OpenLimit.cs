namespace Chat.Server.Transports.Bounds;

/// <summary>
/// How many connections, or streams, one user may hold open on this node. One more ends the one that was silent longest
/// and is taken: lines that are half open lock nobody out. Thread-safe.
/// </summary>
/// <param name="most">For each user.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenLimit(int most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Place>> _places = [];

    /// <summary>A place for something that opens now; to be disposed of when it has ended.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="end">Ends it in favour of a newer one. Called at most once, on the newer one's thread; returns at
    /// once.</param>
    public Place Take(string userId, Action end)
    {
        var place = new Place(this, userId, end);
        Place? silent = null;
        lock (_gate)
        {
            if (!_places.TryGetValue(userId, out var mine))
                _places[userId] = mine = [];
            if (mine.Count >= most)
            {
                silent = mine.MinBy(p => p.LastHeard)!;
                mine.Remove(silent);
            }
            mine.Add(place);
        }
        silent?.End();
        return place;
    }

    /// <summary>How many a user holds.</summary>
    public int Count(string userId)
    {
        lock (_gate)
            return _places.TryGetValue(userId, out var mine) ? mine.Count : 0;
    }

    private void Return(Place place)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(place.UserId, out var mine) && mine.Remove(place) && mine.Count == 0)
                _places.Remove(place.UserId);
        }
    }

    /// <summary>One of a user's places. Thread-safe.</summary>
    internal sealed class Place(OpenLimit limit, string userId, Action end) : IDisposable
    {
        private long _lastHeard = limit.Now;

        public string UserId { get; } = userId;

        /// <summary>When the client said something, as a timestamp; in the beginning, when it came.</summary>
        public long LastHeard => Interlocked.Read(ref _lastHeard);

        /// <summary>The client has said something.</summary>
        public void Heard() => Interlocked.Exchange(ref _lastHeard, limit.Now);

        public void End() => end();

        public void Dispose() => limit.Return(this);
    }

    private long Now => time.GetTimestamp();
}

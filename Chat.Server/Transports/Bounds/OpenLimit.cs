namespace Chat.Server.Transports.Bounds;

/// <summary>
/// Limits how many connections, or streams, one user may hold open on this node. One more is accepted and ends the one
/// that was silent longest, so that half-open connections lock nobody out. Thread-safe.
/// </summary>
/// <param name="most">The limit for each user.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenLimit(int most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Place>> _places = [];

    /// <summary>
    /// Takes a place for a connection or stream that opens now. Dispose of it when the connection or stream has ended.
    /// </summary>
    /// <param name="userId">The user's id.</param>
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

    /// <summary>The number of places that a user holds.</summary>
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

        /// <summary>The time of the client's last message, as a timestamp; at first, the time of its arrival.</summary>
        public long LastHeard => Interlocked.Read(ref _lastHeard);

        /// <summary>Notes that the client has sent something.</summary>
        public void Heard() => Interlocked.Exchange(ref _lastHeard, limit.Now);

        public void End() => end();

        public void Dispose() => limit.Return(this);
    }

    private long Now => time.GetTimestamp();
}

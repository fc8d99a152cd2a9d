using System.Threading.Channels;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// Holds what this node knows against the database, whenever word may have been lost: the heads of its rooms, the memberships of its users, its sign-ins.
/// Anybody may ask for it at any time; what is asked for during one comparison is one more. Thread-safe.
/// </summary>
internal sealed class Comparison(NodeRelay relay)
{
    /// <summary>Rooms, or users, in one question to the database.</summary>
    private const int AtOnce = 500;

    private readonly Lock _gate = new();

    // Full: a comparison is due already.
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<string> _rooms = [];
    private bool _heads;
    private bool _people;
    private bool _failed;
    private string? _generation;
    private long _restsFrom;
    private TimeSpan _rest;

    /// <summary>Word may have been lost of these rooms; null: of anything. Waits for nothing.</summary>
    public void Ask(IReadOnlyCollection<string>? rooms)
    {
        lock (_gate)
        {
            if (rooms is null)
                _heads = _people = true;
            else
                _rooms.UnionWith(rooms);
        }
        _due.Writer.TryWrite(true);
    }

    /// <summary>Compares until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var _ in _due.Reader.ReadAllAsync(stopping))
        {
            var (heads, people, rooms) = Take();
            try
            {
                if (heads)
                    await CompareGenerationAsync(stopping);
                await CompareHeadsAsync(heads ? [.. relay.Feeds.All().Select(f => f.RoomId)] : rooms, stopping);
                (heads, rooms) = (false, []);
                if (people)
                    await ComparePeopleAsync(stopping);
                _failed = false;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                if (!_failed)
                    relay.Logger.CompareFailed(e);
                _failed = true;
                Put(heads, people, rooms);
            }
        }
    }

    /// <summary>Now and then: tries again what failed, and what had to rest.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            if (!_heads && _rooms.Count == 0 && !(_people && IsRested))
                return;
        }
        _due.Writer.TryWrite(true);
    }

    private bool IsRested => relay.Time.GetElapsedTime(_restsFrom) >= _rest;

    /// <summary>
    /// The due comparisons. People who have to rest stay due, and cause no query of the database meanwhile.
    /// </summary>
    private (bool Heads, bool People, IReadOnlyCollection<string> Rooms) Take()
    {
        lock (_gate)
        {
            var people = _people && IsRested;
            var taken = (_heads, people, _rooms);
            (_heads, _people, _rooms) = (false, _people && !people, []);
            return taken;
        }
    }

    private void Put(bool heads, bool people, IReadOnlyCollection<string> rooms)
    {
        lock (_gate)
        {
            _heads |= heads;
            _people |= people;
            _rooms.UnionWith(rooms);
        }
    }

    /// <summary>
    /// A store that started anew, or was taken over by a standby, may have lost something in any room.
    /// </summary>
    private async Task CompareGenerationAsync(CancellationToken stopping)
    {
        var generation = await relay.Log.GenerationAsync(stopping);
        if (_generation is not null && _generation != generation)
        {
            relay.Catalog.ForgetMembers();
            relay.Consent?.Forget();
            foreach (var feed in relay.Feeds.All())
                feed.Doubt();
        }
        _generation = generation;
    }

    private async Task CompareHeadsAsync(IReadOnlyCollection<string> rooms, CancellationToken stopping)
    {
        foreach (var some in rooms.Chunk(AtOnce))
        {
            var heads = await relay.Log.HeadsAsync(some, stopping);
            foreach (var roomId in some)
                relay.Feeds.Find(roomId)?.Announce(heads.GetValueOrDefault(roomId));
        }
    }

    /// <summary>
    /// Who was added to a room, even if they are gone again, and whose sign-in is over. With very many connections that is a lot to read, and while Redis is
    /// down it is asked for every second: so it rests three times as long as it has taken.
    /// </summary>
    private async Task ComparePeopleAsync(CancellationToken stopping)
    {
        var started = relay.Time.GetTimestamp();
        foreach (var users in relay.All().Select(s => s.User.Id).Distinct().Chunk(AtOnce))
        {
            foreach (var membership in await relay.Catalog.MembershipsAsync(users))
                await AdmitAsync(membership, stopping);
            await CompareConsentAsync(users);
        }
        foreach (var signIns in relay.SignIns().Chunk(AtOnce))
        {
            foreach (var signInId in await relay.EndedSignIns(signIns, stopping))
                relay.EndHere(signInId);
        }
        lock (_gate)
            (_restsFrom, _rest) = (relay.Time.GetTimestamp(), relay.Time.GetElapsedTime(started) * 3);
    }

    private async Task CompareConsentAsync(string[] users)
    {
        if (relay.Consent is not { } consent)
            return;
        var versions = await consent.VersionsAsync(users);
        relay.LookAgain(users.Where(u => relay.Of(u).Any(s => s.ConsentVersion != versions.GetValueOrDefault(u))));
    }

    private async Task AdmitAsync(Membership membership, CancellationToken stopping)
    {
        if (!relay.Of(membership.UserId).Any(s => s.Misses(membership)))
            return;
        relay.Apply(await relay.Log.ReadAfterAsync(membership.RoomId, membership.Join - 1, 1, stopping));
    }
}

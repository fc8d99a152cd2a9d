using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// Limits how many rooms one user may be in (<c>Chat:Limits:Rooms</c>), and into how many others may put them without
/// asking: half. So others cannot take the places that a user needs to make and join rooms. Thread-safe. The cost of a
/// count grows with the person's rooms, so the quota counts only near the limit: after each count, the person may add a
/// tenth of the rest without another one. Near the limit a person's additions wait for each other, so that the count on
/// one node is exact.
/// </summary>
public sealed class RoomQuota(Memberships memberships, IOptions<LimitOptions> limits, TimeProvider time)
{
    private const int TrimAbove = 10_000;

    /// <summary>Other people may have added this person meanwhile, on this node or another one.</summary>
    private static readonly TimeSpan s_good = TimeSpan.FromMinutes(10);

    private readonly int _most = limits.Value.Rooms, _mostByOthers = (limits.Value.Rooms + 1) / 2;
    private readonly ConcurrentDictionary<string, Left> _left = [], _leftToOthers = [];
    private readonly KeyedLock _turns = new();

    /// <summary>
    /// Makes the user a member of one more room. <paramref name="add"/> may run in this person's turn, so it must not
    /// call the quota: two people who add each other would wait for each other for ever.
    /// </summary>
    /// <exception cref="ChatException"><c>quota_exceeded</c>; the user is no member then.</exception>
    public async Task<T> AddAsync<T>(string userId, Func<Task<T>> add)
    {
        if (TryUse(_left, userId))
            return await add();
        using var turn = await _turns.TakeAsync(userId, CancellationToken.None);
        if (!TryUse(_left, userId))
        {
            var count = await memberships.CountAsync(userId, _most);
            if (count >= _most)
                throw new ChatException(ErrorCodes.QuotaExceeded,
                    $"you are in {_most} rooms, which is the most; leave some first");
            Note(_left, userId, (_most - count) / 10);
        }
        return await add();
    }

    /// <summary>
    /// Whether somebody else may make this user a member of one more room. If not, the user can still be asked.
    /// </summary>
    public async Task<bool> MayBeAddedAsync(string userId)
    {
        if (TryUse(_leftToOthers, userId))
            return true;
        using var turn = await _turns.TakeAsync(userId, CancellationToken.None);
        if (TryUse(_leftToOthers, userId))
            return true;
        var count = await memberships.CountAsync(userId, _mostByOthers);
        if (count >= _mostByOthers)
            return false;
        Note(_leftToOthers, userId, (_mostByOthers - count) / 10);
        return true;
    }

    /// <inheritdoc cref="AddAsync{T}"/>
    public Task AddAsync(string userId, Func<Task> add) => AddAsync(userId, async () =>
    {
        await add();
        return true;
    });

    private bool TryUse(ConcurrentDictionary<string, Left> all, string userId) =>
        all.TryGetValue(userId, out var left) && time.GetElapsedTime(left.At) < s_good
            && Interlocked.Decrement(ref left.Count) >= 0;

    private void Note(ConcurrentDictionary<string, Left> all, string userId, int left)
    {
        if (all.Count > TrimAbove)
            all.Clear();
        all[userId] = new Left { Count = left, At = time.GetTimestamp() };
    }

    private sealed class Left
    {
        public int Count;

        public required long At { get; init; }
    }
}

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
    private const int Stripes = 64, TrimAbove = 10_000;

    /// <summary>Other people may have added this person meanwhile, on this node or another one.</summary>
    private static readonly TimeSpan s_good = TimeSpan.FromMinutes(10);

    private readonly int _most = limits.Value.Rooms, _mostByOthers = (limits.Value.Rooms + 1) / 2;
    private readonly ConcurrentDictionary<string, Left> _left = [], _leftToOthers = [];
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Makes the user a member of one more room.</summary>
    /// <exception cref="ChatException"><c>quota_exceeded</c>; the user is no member then.</exception>
    public async Task<T> AddAsync<T>(string userId, Func<Task<T>> add)
    {
        if (TryUse(_left, userId))
            return await add();
        var turn = TurnOf(userId);
        await turn.WaitAsync();
        try
        {
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
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Whether somebody else may make this user a member of one more room. If not, the user can still be asked.
    /// </summary>
    public async Task<bool> MayBeAddedAsync(string userId)
    {
        if (TryUse(_leftToOthers, userId))
            return true;
        var turn = TurnOf(userId);
        await turn.WaitAsync();
        try
        {
            if (TryUse(_leftToOthers, userId))
                return true;
            var count = await memberships.CountAsync(userId, _mostByOthers);
            if (count >= _mostByOthers)
                return false;
            Note(_leftToOthers, userId, (_mostByOthers - count) / 10);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc cref="AddAsync{T}"/>
    public Task AddAsync(string userId, Func<Task> add) => AddAsync(userId, async () =>
    {
        await add();
        return true;
    });

    private SemaphoreSlim TurnOf(string userId) => _turns[(uint)userId.GetHashCode(StringComparison.Ordinal) % Stripes];

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

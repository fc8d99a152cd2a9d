using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// Limits how many rooms one user may be in (<c>Chat:Limits:Rooms</c>). Thread-safe. The cost of a count grows with the
/// person's rooms, so the quota counts only near the limit: after each count, the person may add a tenth of the rest
/// without another one. Near the limit a person's additions wait for each other, so that the count on one node is
/// exact.
/// </summary>
public sealed class RoomQuota(Memberships memberships, IOptions<LimitOptions> limits, TimeProvider time)
{
    private const int Stripes = 64, TrimAbove = 10_000;

    /// <summary>Other people may have added this person meanwhile, on this node or another one.</summary>
    private static readonly TimeSpan s_good = TimeSpan.FromMinutes(10);

    private readonly int _most = limits.Value.Rooms;
    private readonly ConcurrentDictionary<string, Left> _left = [];
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Makes the user a member of one more room.</summary>
    /// <exception cref="ChatException"><c>quota_exceeded</c>; the user is no member then.</exception>
    public async Task<T> AddAsync<T>(string userId, Func<Task<T>> add)
    {
        if (TryUse(userId))
            return await add();
        var turn = _turns[(uint)userId.GetHashCode(StringComparison.Ordinal) % Stripes];
        await turn.WaitAsync();
        try
        {
            if (!TryUse(userId))
            {
                var count = await memberships.CountAsync(userId, _most);
                if (count >= _most)
                    throw new ChatException(ErrorCodes.QuotaExceeded,
                        $"you are in {_most} rooms, which is the most; leave some first");
                Note(userId, (_most - count) / 10);
            }
            return await add();
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

    private bool TryUse(string userId) =>
        _left.TryGetValue(userId, out var left) && time.GetElapsedTime(left.At) < s_good
            && Interlocked.Decrement(ref left.Count) >= 0;

    private void Note(string userId, int left)
    {
        if (_left.Count > TrimAbove)
            _left.Clear();
        _left[userId] = new Left { Count = left, At = time.GetTimestamp() };
    }

    private sealed class Left
    {
        public int Count;

        public required long At { get; init; }
    }
}

using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// Limits one user's reads from the database, over all their connections to this node: by number at once
/// (<c>Chat:Limits:ReadsAtOnce</c>) and by rate (<c>ReadRate</c>). A read above a limit waits for its turn, so that an
/// honest client notices a delay and no error. Thread-safe.
/// </summary>
public sealed class ReadBudget(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>The most reads of one user that wait for a turn; more are refused.</summary>
    private const int MaxWaiting = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Line> _lines = [];
    private readonly int _atOnce = limits.Value.ReadsAtOnce;
    private readonly TokenBuckets _reads = new("reads", limits.Value.ReadRate, limits.Value.ReadBurst, time);

    /// <summary>Reads when it is this user's turn.</summary>
    /// <param name="userId">The caller's id.</param>
    /// <param name="read">The work.</param>
    /// <param name="cost">The cost of the work, in reads of a few rows.</param>
    /// <param name="cancellation">Cancelled when the caller is gone; gives up the place in the queue.</param>
    /// <exception cref="ChatException"><c>rate_limited</c> if too many of this user's reads wait already.</exception>
    public async Task<T> TakeAsync<T>(string userId, Func<Task<T>> read, Func<T, int> cost,
        CancellationToken cancellation)
    {
        var line = Enter(userId);
        try
        {
            await line.Turns.WaitAsync(cancellation);
            try
            {
                var wait = _reads.Reserve(userId, 1, s_patience);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellation);
                var answer = await read();
                _reads.Charge(userId, cost(answer) - 1);
                return answer;
            }
            finally
            {
                line.Turns.Release();
            }
        }
        finally
        {
            Leave(userId, line);
        }
    }

    /// <summary>The cost of a page of events, by its rows and by the bytes of its answer.</summary>
    public static int CostOf(EventPage page) =>
        1 + (page.Events.Count / 100) + (page.Events.Sum(e => e.Body?.Length ?? 0) / (32 * 1024));

    /// <summary>The cost of a list of rooms, by the number of rooms, because each has its members and unread
    /// messages.</summary>
    public static int CostOf(IReadOnlyCollection<Room> rooms) => 1 + (rooms.Count / 20);

    private Line Enter(string userId)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(userId, out var line))
                _lines[userId] = line = new Line(_atOnce);
            if (line.Inside >= _atOnce + MaxWaiting)
                throw new ChatException(ErrorCodes.RateLimited,
                    "too many reads at once; wait for their answers") { RetryAfter = TimeSpan.FromSeconds(1) };
            line.Inside++;
            return line;
        }
    }

    private void Leave(string userId, Line line)
    {
        lock (_lines)
        {
            if (--line.Inside == 0)
                _lines.Remove(userId);
        }
    }

    private sealed class Line(int atOnce)
    {
        public SemaphoreSlim Turns { get; } = new(atOnce);

        /// <summary>One user's running and waiting reads.</summary>
        public int Inside { get; set; }
    }
}

using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// How much one user has read from the database, over all their connections to this node: so many reads at once
/// (<c>Chat:Limits:ReadsAtOnce</c>), and no more than <c>ReadRate</c> a second allows. A read above that waits for its
/// turn, so that an honest client notices a delay and no error. Thread-safe.
/// </summary>
public sealed class ReadBudget(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>Reads of one user that wait for a turn; more are refused.</summary>
    private const int MaxWaiting = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Line> _lines = [];
    private readonly int _atOnce = limits.Value.ReadsAtOnce;
    private readonly TokenBuckets _reads = new("reads", limits.Value.ReadRate, limits.Value.ReadBurst, time);

    /// <summary>Reads when it is this user's turn.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="read">The work.</param>
    /// <param name="cost">How many reads of a few rows the work was worth.</param>
    /// <param name="cancellation">Whoever asked is gone: the place in the line is given up.</param>
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

    /// <summary>What a page of events costs: by its rows, and by what has to be written of it.</summary>
    public static int CostOf(EventPage page) =>
        1 + (page.Events.Count / 100) + (page.Events.Sum(e => e.Body?.Length ?? 0) / (32 * 1024));

    /// <summary>What a list of rooms costs: each has its members and its unread messages.</summary>
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

        /// <summary>Reads under way, and those that wait.</summary>
        public int Inside { get; set; }
    }
}

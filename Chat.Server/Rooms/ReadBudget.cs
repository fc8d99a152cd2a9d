using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Relay;
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

    /// <summary>Openings and reads of one user's feeds that wait for a turn; more are refused.</summary>
    private const int MaxWaitingFeeds = 1_000;

    /// <summary>Bytes of JSON that count as one read.</summary>
    private const int BytesOfOne = 100 * 1024;

    /// <summary>Entries of an index that count as one read, and how many of them a room in a list counts as.</summary>
    private const int EntriesOfOne = 2_000, EntriesOfRoom = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Lines _calls = new(limits.Value.ReadsAtOnce, MaxWaiting);
    private readonly Lines _feeds = new(limits.Value.ReadsAtOnce, MaxWaitingFeeds);
    private readonly TokenBuckets _reads = new("reads", limits.Value.ReadRate, limits.Value.ReadBurst, time);

    /// <summary>Reads when it is this user's turn.</summary>
    /// <param name="userId">The caller's id.</param>
    /// <param name="read">The work.</param>
    /// <param name="cost">The cost of the work, in reads of a few rows.</param>
    /// <param name="cancellation">Cancelled when the caller is gone; gives up the place in the queue.</param>
    /// <exception cref="ChatException"><c>rate_limited</c> if too many of this user's reads wait already.</exception>
    public Task<T> TakeAsync<T>(string userId, Func<Task<T>> read, Func<T, int> cost, CancellationToken cancellation) =>
        TakeAsync(_calls, s_patience, userId, read, cost, cancellation);

    /// <summary>
    /// The same for the reads of a feed. They wait as long as they have to, and only behind other feeds of this user:
    /// calls have turns of their own. One budget pays for both.
    /// </summary>
    /// <inheritdoc cref="TakeAsync{T}(string, Func{Task{T}}, Func{T, int}, CancellationToken)"/>
    public Task<T> FeedAsync<T>(string userId, Func<Task<T>> read, Func<T, int> cost, CancellationToken cancellation) =>
        TakeAsync(_feeds, TimeSpan.MaxValue, userId, read, cost, cancellation);

    /// <summary>
    /// Waits until this user's former reads are paid for. A call that holds something up while it reads waits here
    /// first, before it holds that up.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c> if that takes too long.</exception>
    public Task RestAsync(string userId, CancellationToken cancellation) =>
        _reads.WaitAsync(userId, 0, s_patience, cancellation);

    /// <summary>Reads older events for one of a user's sessions; <see cref="BacklogReads"/>.</summary>
    public Task<IReadOnlyList<RelayedEvent>> BacklogAsync(
        string userId, Func<Task<IReadOnlyList<RelayedEvent>>> read, CancellationToken cancellation) =>
        FeedAsync(userId, read, events => CostOfEvents(events.Count, events.Sum(e => (long)e.Size)), cancellation);

    private async Task<T> TakeAsync<T>(
        Lines lines, TimeSpan patience, string userId, Func<Task<T>> read, Func<T, int> cost,
        CancellationToken cancellation)
    {
        var line = lines.Enter(userId);
        try
        {
            await line.Turns.WaitAsync(cancellation);
            try
            {
                await _reads.WaitAsync(userId, 1, patience, cancellation);
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
            lines.Leave(userId, line);
        }
    }

    /// <summary>The cost of a page of events, which grows with their number and their size.</summary>
    public static int CostOf(EventPage page) =>
        CostOfEvents(page.Events.Count, page.Events.Sum(e => (long)PageBudget.Size(e)));

    /// <summary>The cost of so many events with so many bytes of JSON.</summary>
    public static int CostOfEvents(int count, long bytes) => 1 + (count / 100) + (int)(bytes / BytesOfOne);

    /// <summary>The cost of a list of rooms, which grows with listed members and unread messages, too.</summary>
    public static int CostOf(IReadOnlyCollection<Room> rooms) =>
        1 + (int)(rooms.Sum(r => (long)EntriesOfRoom + r.Members.Count + r.Unread) / EntriesOfOne);

    /// <summary>The cost of a list of invitations.</summary>
    public static int CostOf(IReadOnlyCollection<Invitation> invitations) => 1 + (invitations.Count / 100);

    /// <summary>The cost of a list of people.</summary>
    public static int CostOf(IReadOnlyCollection<UserRef> people) => 1 + (people.Count / 100);

    /// <summary>The running and waiting reads of each user.</summary>
    private sealed class Lines(int atOnce, int maxWaiting)
    {
        private readonly Dictionary<string, Line> _lines = [];

        public Line Enter(string userId)
        {
            lock (_lines)
            {
                if (!_lines.TryGetValue(userId, out var line))
                    _lines[userId] = line = new Line(atOnce);
                if (line.Inside >= atOnce + maxWaiting)
                    throw TooMany();
                line.Inside++;
                return line;
            }
        }

        private static ChatException TooMany() =>
            new(ErrorCodes.RateLimited, "too many reads at once; wait for their answers")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };

        public void Leave(string userId, Line line)
        {
            lock (_lines)
            {
                if (--line.Inside == 0)
                    _lines.Remove(userId);
            }
        }
    }

    private sealed class Line(int atOnce)
    {
        public SemaphoreSlim Turns { get; } = new(atOnce);

        /// <summary>One user's running and waiting reads.</summary>
        public int Inside { get; set; }
    }
}

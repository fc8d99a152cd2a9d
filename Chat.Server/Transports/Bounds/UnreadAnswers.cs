using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.Bounds;

/// <summary>
/// Bounds the memory for answers to one user's clients, over all their connections to this node and on every transport.
/// An answer takes a megabyte of <c>Chat:Limits:UnreadBytes</c> before it is made, and more when it has become larger.
/// It gives them back when the connection has taken it. Other answers wait. If one waits for <see cref="Patience"/>,
/// the connection that has left its answer unread longest, and at least that long, ends. Thread-safe.
/// </summary>
internal sealed class UnreadAnswers(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>How long a client may leave an answer unread while others of the same user wait for room.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The most calls that may wait, each of which holds its request.</summary>
    private const int MostWaiting = 256;

    private readonly int _most = limits.Value.UnreadBytes / LimitOptions.AnswerBytes;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Share> _shares = [];

    /// <summary>
    /// Waits until there is room for one more answer. Dispose of the result when the client has taken the answer, or
    /// there is none.
    /// </summary>
    /// <param name="userId">The user's id.</param>
    /// <param name="end">Ends the connection at once. Called at most once.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ChatException"><c>rate_limited</c>: too many wait already.</exception>
    public async ValueTask<UnreadAnswer> TakeAsync(string userId, Action end, CancellationToken cancellation)
    {
        var answer = new UnreadAnswer(this, userId, end);
        Task turn;
        lock (_gate)
        {
            var share = ShareOf(userId);
            if (share.Waiting.Count >= MostWaiting)
                throw new ChatException(ErrorCodes.RateLimited, "too many calls of yours wait for their answers")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            turn = Enter(share, answer, isMade: false);
        }
        await WaitAsync(answer, turn, cancellation);
        return answer;
    }

    /// <summary>
    /// Says how large an answer has become that is made. If it takes more room than it has, it gives back what it has
    /// and waits until there is room for all of it, before answers that are not made yet.
    /// </summary>
    internal async ValueTask FitAsync(UnreadAnswer answer, long bytes, CancellationToken cancellation)
    {
        var places = (int)Math.Clamp((bytes + LimitOptions.AnswerBytes - 1) / LimitOptions.AnswerBytes, 1, _most);
        if (places <= answer.Places)
            return;
        Task turn;
        lock (_gate)
        {
            var share = ShareOf(answer.UserId);
            share.Held.Remove(answer);
            answer.Places = places;
            turn = Enter(share, answer, isMade: true);
            Admit(share);
        }
        await WaitAsync(answer, turn, cancellation);
    }

    /// <summary>How many megabytes of a user's answers are being made or written.</summary>
    public int Count(string userId)
    {
        lock (_gate)
            return _shares.TryGetValue(userId, out var share) ? share.Used : 0;
    }

    internal long Now => time.GetTimestamp();

    /// <summary>Gives back what an answer held, or its place among the waiting answers.</summary>
    internal void Return(UnreadAnswer answer)
    {
        lock (_gate)
        {
            if (!_shares.TryGetValue(answer.UserId, out var share))
                return;
            if (!share.Held.Remove(answer))
            {
                for (var node = share.Waiting.First; node is not null; node = node.Next)
                {
                    if (node.Value.Answer != answer)
                        continue;
                    share.Waiting.Remove(node);
                    break;
                }
            }
            Admit(share);
            if (share.Held.Count == 0)
                _shares.Remove(answer.UserId);
        }
    }

    private Share ShareOf(string userId)
    {
        if (!_shares.TryGetValue(userId, out var share))
            _shares[userId] = share = new Share();
        return share;
    }

    /// <summary>Called under the lock.</summary>
    private Task Enter(Share share, UnreadAnswer answer, bool isMade)
    {
        if ((isMade || share.Waiting.Count == 0) && HasRoom(share, answer))
        {
            share.Held.Add(answer);
            return Task.CompletedTask;
        }
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isMade)
            share.Waiting.AddFirst((answer, turn));
        else
            share.Waiting.AddLast((answer, turn));
        return turn.Task;
    }

    /// <summary>Called under the lock.</summary>
    private void Admit(Share share)
    {
        while (share.Waiting.First is { Value: var (answer, turn) } && HasRoom(share, answer))
        {
            share.Waiting.RemoveFirst();
            share.Held.Add(answer);
            turn.SetResult();
        }
    }

    private bool HasRoom(Share share, UnreadAnswer answer) => share.Used + answer.Places <= _most;

    private async Task WaitAsync(UnreadAnswer answer, Task turn, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                try
                {
                    await turn.WaitAsync(Patience, time, cancellation);
                    return;
                }
                catch (TimeoutException)
                {
                    EndLongestUnread(answer.UserId);
                }
            }
        }
        catch
        {
            Return(answer);
            throw;
        }
    }

    private void EndLongestUnread(string userId)
    {
        UnreadAnswer? longest;
        lock (_gate)
        {
            longest = _shares.TryGetValue(userId, out var share)
                ? share.Held.Where(a => a.IsStuck(Patience, time)).MinBy(a => a.WritingSince)
                : null;
        }
        longest?.End();
    }

    private sealed class Share
    {
        public List<UnreadAnswer> Held { get; } = [];

        public int Used => Held.Sum(a => a.Places);

        public LinkedList<(UnreadAnswer Answer, TaskCompletionSource Turn)> Waiting { get; } = [];
    }
}

/// <summary>One answer, from before it is made until the connection has taken it.</summary>
internal sealed class UnreadAnswer(UnreadAnswers answers, string userId, Action end) : IDisposable
{
    private long _writingSince;
    private int _ended;

    public string UserId { get; } = userId;

    /// <summary>How many megabytes of room it takes; guarded by the lock of <see cref="UnreadAnswers"/>.</summary>
    public int Places { get; set; } = 1;

    /// <summary>It is made: waits until there is room for all of it.</summary>
    public ValueTask FitAsync(object? result, CancellationToken cancellation) =>
        answers.FitAsync(this, AnswerSize.Of(result), cancellation);

    /// <summary>The time when writing it began, as a timestamp; 0 before.</summary>
    public long WritingSince => Interlocked.Read(ref _writingSince);

    /// <summary>Notes that the answer is made and is being written. From now on it waits for the client.</summary>
    public void Writing() => Interlocked.CompareExchange(ref _writingSince, answers.Now, 0);

    public bool IsStuck(TimeSpan patience, TimeProvider time) =>
        Volatile.Read(ref _ended) == 0 && WritingSince is not 0 and var since && time.GetElapsedTime(since) >= patience;

    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            end();
    }

    public void Dispose() => answers.Return(this);
}

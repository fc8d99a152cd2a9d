using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Log;

/// <summary>
/// A thread that writes. It takes whatever is queued, runs it in one transaction, and while that one is being synced
/// the next batch gathers: no timer, and no delay when idle. Measured by <c>Chat.Bench log</c>.
/// </summary>
/// <remarks>
/// The queue is bounded: when the store stalls, writes beyond <see cref="Capacity"/> are refused with <c>unavailable</c> at once, and
/// those in the queue give up waiting after <see cref="Patience"/>. Whose caller has given up before its turn is not written; one that was
/// in its turn may have been, and its client ids tell.
/// </remarks>
internal sealed class GroupCommitter : IDisposable
{
    /// <summary>Most writes that wait for their turn.</summary>
    public const int Capacity = 10_000;

    /// <summary>How long a caller waits for its commit.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>How often a batch is tried that failed for a reason that is gone the next moment.</summary>
    private const int Tries = 4;

    private readonly BlockingCollection<Write> _queue = new(Capacity);
    private readonly Appender _appender;
    private readonly int _batchSize;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<IReadOnlyList<ChatEvent>> _committed;
    private readonly Action<IReadOnlyList<string>> _concerned;
    private readonly Thread _thread;
    private readonly List<Subject> _subjects = [];
    private long _transactions, _writes;
    private bool _failing;

    /// <param name="appender">Handed over: the committing thread closes it at the end.</param>
    /// <param name="batchSize">Most writes in one transaction.</param>
    /// <param name="committed">Called after each commit with its events.</param>
    /// <param name="concerned">Called after a commit that changed whom somebody talks with; see
    /// <see cref="IRoomLog.ConsentChanged"/>.</param>
    /// <param name="time">For <see cref="Patience"/>.</param>
    /// <param name="logger">For what fails.</param>
    public GroupCommitter(
        Appender appender, int batchSize, Action<IReadOnlyList<ChatEvent>> committed,
        Action<IReadOnlyList<string>> concerned, TimeProvider time, ILogger logger)
    {
        (_appender, _batchSize, _committed, _concerned, _time, _logger) = (appender, batchSize, committed, concerned,
            time, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "log committer" };
        _thread.Start();
    }

    /// <summary>Transactions committed since the start (each is one sync of the write-ahead log), and the writes in them.</summary>
    public (long Transactions, long Writes) Counts => (Interlocked.Read(ref _transactions), Interlocked.Read(ref _writes));

    /// <summary>Queues a write; the task completes when it is durable.</summary>
    /// <param name="subject">Whatever <paramref name="work"/> asks for.</param>
    /// <param name="work">May be run again, in another transaction, if the first one was rolled back.</param>
    public async Task<T> WriteAsync<T>(Subject subject, Func<Appender, T> work)
    {
        var write = new Write<T>(subject, work);
        if (!TryAdd(write))
            throw new ChatException(ErrorCodes.Unavailable, "the log has more to write than it can; try again");
        try
        {
            return await write.Task.WaitAsync(Patience, _time);
        }
        catch (TimeoutException)
        {
            write.GiveUp();
            throw new ChatException(ErrorCodes.Unavailable, "the log does not answer; try again with the same client id");
        }
    }

    /// <summary>Takes nothing more; commits what is queued, then ends.</summary>
    public void Dispose() => _queue.CompleteAdding();

    /// <summary>After <see cref="Dispose"/>: waits for the end; false if it has not come by then.</summary>
    public bool Ends(TimeSpan within) => _thread.Join(within);

    private bool TryAdd(Write write)
    {
        try
        {
            return _queue.TryAdd(write);
        }
        catch (InvalidOperationException)
        {
            return false; // completed or disposed: the server is stopping
        }
    }

    private void Run()
    {
        var batch = new List<Write>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < _batchSize && _queue.TryTake(out var next))
                batch.Add(next);
            batch.RemoveAll(write => write.IsGivenUp);
            if (batch.Count > 0)
                CommitGuarded(batch);
            batch.Clear();
        }
        _appender.Dispose();
        _queue.Dispose();
    }

    /// <summary>The thread goes on after any error; without it, nobody would write its rooms any more.</summary>
    private void CommitGuarded(List<Write> batch)
    {
        try
        {
            Commit(batch);
        }
        catch (Exception e)
        {
            _logger.CommitterFailed(e);
            foreach (var write in batch)
                write.Refuse(new ChatException(ErrorCodes.Unavailable,
                    "the log failed; try again with the same client id", e));
        }
    }

    private void Commit(List<Write> batch)
    {
        if (TryCommit(batch) is { } error)
            Separate(batch, error);
    }

    /// <summary>
    /// Handles a batch that failed. If the store is to blame, it refuses all writes. Otherwise it tries the writes of
    /// each room apart from the others, and then each write by itself, so that it refuses only writes that fail by
    /// themselves.
    /// </summary>
    private void Separate(IReadOnlyList<Write> failed, Exception error)
    {
        // If the outcome of a COMMIT is unknown, the committer must not write any part of it again. A writer finds out
        // by a retry with the same client id.
        if (error is ChatException || DatabaseErrors.IsOfTheStore(error))
        {
            Refuse(failed, error);
            return;
        }
        var rooms = failed.GroupBy(w => w.Subject.RoomId ?? w.Subject.DirectKey ?? "").Select(g => g.ToList()).ToList();
        if (rooms.Count == 1 && DatabaseErrors.IsOfTheRoom(error))
        {
            Refuse(failed, error);
            return;
        }
        if (failed is [var one])
        {
            Settle(one, error);
            return;
        }
        _logger.TransactionFailed(failed.Count, error);
        foreach (var part in rooms.Count > 1 ? rooms : [.. failed.Select(w => new List<Write> { w })])
        {
            // A caller that no longer waits does not hold up the others.
            part.RemoveAll(w => w.IsGivenUp);
            if (part.Count > 0 && TryCommit(part) is { } own)
                Separate(part, own);
        }
    }

    /// <summary>
    /// Handles a write that failed by itself. If it fails again while the store accepts another write, no repeat will
    /// help. The committer then refuses it for good, so that the messages behind it in an outbox go on.
    /// </summary>
    private void Settle(Write write, Exception error)
    {
        if (DatabaseErrors.IsOfTheWrite(error))
        {
            _logger.TryingAgain(1, DatabaseErrors.Describe(error));
            if (TryCommit([write]) is not { } again)
                return;
            if (DatabaseErrors.IsOfTheWrite(again) && TryCommit([new Write<bool>(new Subject(), Probe)]) is null)
            {
                _logger.RefusedForGood(again);
                write.Refuse(new ChatException(ErrorCodes.Invalid,
                    "the server cannot store this, however often it is sent; its log says why", again));
                return;
            }
            error = again;
        }
        Refuse([write], error);
    }

    private static bool Probe(Appender log)
    {
        log.Probe();
        return true;
    }

    /// <summary>Null if it is committed and answered; otherwise what went wrong.</summary>
    private Exception? TryCommit(IReadOnlyList<Write> batch)
    {
        for (var tries = 1; ; tries++)
        {
            if (TryOnce(batch) is not { } error)
                return null;
            if (tries == Tries || !DatabaseErrors.IsPassing(error))
                return error;
            _logger.TryingAgain(batch.Count, DatabaseErrors.Describe(error));
        }
    }

    private Exception? TryOnce(IReadOnlyList<Write> batch)
    {
        IReadOnlyList<ChatEvent> events;
        try
        {
            _subjects.Clear();
            foreach (var write in batch)
                _subjects.Add(write.Subject);
            _appender.Begin(_subjects);
            foreach (var write in batch)
                write.Run(_appender);
            events = _appender.Commit();
        }
        catch (Exception e)
        {
            try
            {
                _appender.Rollback();
            }
            catch (Exception rollback)
            {
                _logger.RollbackFailed(DatabaseErrors.Describe(rollback));
            }
            return e;
        }

        Interlocked.Increment(ref _transactions);
        Interlocked.Add(ref _writes, batch.Count);
        if (_failing)
            _logger.WritesAgain();
        _failing = false;
        // After the commit, never before: first the senders, then the receivers.
        foreach (var write in batch)
            write.Answer();
        CrashPoint.Reach(CrashPoint.AfterAck);
        if (_appender.Concerned.Count > 0)
            Tell(_concerned, _appender.Concerned);
        if (events.Count > 0)
            Tell(_committed, events);
        return null;
    }

    private void Tell<T>(Action<IReadOnlyList<T>> handler, IReadOnlyList<T> news)
    {
        try
        {
            handler(news);
        }
        catch (Exception e)
        {
            _logger.HandlerFailed(e);
        }
    }

    private void Refuse(IReadOnlyList<Write> writes, Exception error)
    {
        // Once, in full: who writes tries again, and again, for as long as the store is away.
        if (_failing)
            _logger.WriteFailedAgain(DatabaseErrors.Describe(error));
        else
            _logger.WriteFailed(error);
        _failing = true;
        foreach (var write in writes)
            write.Refuse(error as ChatException ?? DatabaseErrors.Unavailable(error));
    }

    private abstract class Write(Subject subject)
    {
        private volatile bool _givenUp;

        public Subject Subject => subject;

        /// <summary>Its caller no longer waits.</summary>
        public bool IsGivenUp => _givenUp;

        public void GiveUp() => _givenUp = true;

        /// <summary>Runs in a transaction; may run again in another one if that was rolled back.</summary>
        public abstract void Run(Appender appender);

        /// <summary>After the commit.</summary>
        public abstract void Answer();

        public abstract void Refuse(ChatException error);
    }

    private sealed class Write<T>(Subject subject, Func<Appender, T> work) : Write(subject)
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private ChatException? _refused;

        public Task<T> Task => _answer.Task;

        public override void Run(Appender appender)
        {
            _refused = null;
            try
            {
                _result = work(appender);
            }
            catch (ChatException e)
            {
                _refused = e; // a rule, not a fault: nothing was written, the others go on
            }
        }

        public override void Answer()
        {
            if (_refused is null)
                _answer.TrySetResult(_result);
            else
                Refuse(_refused);
        }

        public override void Refuse(ChatException error)
        {
            _answer.TrySetException(error);
            _ = _answer.Task.Exception; // seen, also if the caller has given up
        }
    }
}

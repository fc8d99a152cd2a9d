using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// The one thread that writes. It takes whatever is queued, runs it in one transaction, and while that one is being synced
/// the next batch gathers: no timer, and no delay when idle. Measured by <c>Chat.Bench log</c>.
/// </summary>
/// <remarks>
/// The queue is bounded: when the disk stalls, writes beyond <see cref="Capacity"/> are refused with <c>unavailable</c> at once, and
/// those in the queue give up waiting after <see cref="Patience"/> (they may still be committed later; their client ids tell).
/// </remarks>
internal sealed class GroupCommitter : IDisposable
{
    /// <summary>Most writes that wait for their turn.</summary>
    public const int Capacity = 10_000;

    /// <summary>Most writes in one transaction: bounds how long the first of them waits for the last.</summary>
    public const int BatchSize = 1_000;

    /// <summary>How long a caller waits for its commit.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<Write> _queue = new(Capacity);
    private readonly SqliteAppender _appender;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<IReadOnlyList<ChatEvent>> _committed;
    private readonly Thread _thread;

    public GroupCommitter(SqliteAppender appender, Action<IReadOnlyList<ChatEvent>> committed, TimeProvider time, ILogger logger)
    {
        (_appender, _committed, _time, _logger) = (appender, committed, time, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "log committer" };
        _thread.Start();
    }

    /// <summary>Transactions committed since the start; each is one sync of the write-ahead log.</summary>
    public long Transactions { get; private set; }

    /// <summary>Writes committed since the start.</summary>
    public long Writes { get; private set; }

    /// <summary>Queues a write; the task completes when it is durable.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteAppender, T> work)
    {
        var write = new Write<T>(work);
        if (_queue.IsAddingCompleted || !TryAdd(write))
            throw new ChatException(ErrorCodes.Unavailable, "the log has more to write than it can; try again");
        try
        {
            return await write.Task.WaitAsync(Patience, _time);
        }
        catch (TimeoutException)
        {
            throw new ChatException(ErrorCodes.Unavailable, "the log does not answer; try again with the same client id");
        }
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private bool TryAdd(Write write)
    {
        try
        {
            return _queue.TryAdd(write);
        }
        catch (InvalidOperationException)
        {
            return false; // completed meanwhile: the server is stopping
        }
    }

    private void Run()
    {
        var batch = new List<Write>(BatchSize);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < BatchSize && _queue.TryTake(out var next))
                batch.Add(next);

            if (!TryCommit(batch, out var error) && batch.Count > 1)
            {
                // One of them may be to blame: each gets a transaction of its own.
                _logger.TransactionFailed(batch.Count, error!);
                foreach (var write in batch)
                {
                    if (!TryCommit([write], out error))
                        Refuse(write, error!);
                }
            }
            else if (error is not null)
            {
                Refuse(first, error);
            }
            batch.Clear();
        }
    }

    private bool TryCommit(IReadOnlyList<Write> batch, out Exception? error)
    {
        IReadOnlyList<ChatEvent> events;
        try
        {
            _appender.Begin();
            foreach (var write in batch)
                write.Run(_appender);
            events = _appender.Commit();
        }
        catch (Exception e)
        {
            error = e;
            try
            {
                _appender.Rollback();
            }
            catch (Exception rollback)
            {
                _logger.WriteFailed(rollback);
            }
            return false;
        }

        error = null;
        Transactions++;
        Writes += batch.Count;
        // After the commit, never before: first the senders, then the receivers.
        foreach (var write in batch)
            write.Answer();
        CrashPoint.Reach(CrashPoint.AfterAck);
        if (events.Count > 0)
            Tell(events);
        return true;
    }

    private void Tell(IReadOnlyList<ChatEvent> events)
    {
        try
        {
            _committed(events);
        }
        catch (Exception e)
        {
            _logger.HandlerFailed(e);
        }
    }

    private void Refuse(Write write, Exception error)
    {
        _logger.WriteFailed(error);
        write.Refuse(SqliteErrors.Unavailable(error));
    }

    private abstract class Write
    {
        /// <summary>Runs in a transaction; may run again in another one if that was rolled back.</summary>
        public abstract void Run(SqliteAppender appender);

        /// <summary>After the commit.</summary>
        public abstract void Answer();

        public abstract void Refuse(ChatException error);
    }

    private sealed class Write<T>(Func<SqliteAppender, T> work) : Write
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private ChatException? _refused;

        public Task<T> Task => _answer.Task;

        public override void Run(SqliteAppender appender)
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
                _answer.TrySetException(_refused);
        }

        public override void Refuse(ChatException error) => _answer.TrySetException(error);
    }
}

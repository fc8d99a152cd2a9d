using Chat.Client.Sending;
using Chat.Client.Syncing;
using Chat.Client.Transports;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>
/// A connection to the relay that loses nothing: it comes back by itself over whatever transport works, goes on in each room after the last
/// event it has, and repeats what was not acknowledged. Thread-safe. Started once; after <see cref="StopAsync"/> make a new one.
/// </summary>
public sealed partial class ChatConnection : IAsyncDisposable
{
    // A slow reader keeps at most this many events in memory; what comes after them is paged from the server later.
    private const int FeedCapacity = 5_000;

    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Latest<ConnectionStatus> _status = new(new(ConnectionState.Stopped, null, "Not started.", 0, null));
    private readonly SignalFeed _signals = new();
    private readonly SessionGate _gate = new();
    private readonly RoomFeed _feed;
    private readonly OutboxFile? _outboxFile;
    private readonly OutboxQueue _outbox;
    private readonly OutboxSender _sender;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _startLock = new();
    private Task? _loop;
    private Task? _stopped;

    /// <summary>
    /// Opens the outbox; connects nothing yet. Throws <see cref="ChatException"/> (<c>unavailable</c>) if another process has the outbox file.
    /// </summary>
    public ChatConnection(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _forced = options.Transport;
        _log = options.LoggerFactory.CreateLogger<ChatConnection>();
        _feed = new RoomFeed(options.Cursors, options.Generations, FeedCapacity, _signals, _log);
        _outboxFile = options.OutboxFile is { } path ? new OutboxFile(path, _log) : null;
        _outbox = new OutboxQueue(options.OutboxCapacity, _outboxFile, OnOutboxChanged);
        _sender = new OutboxSender(_outbox, SendBatchAsync, options.TimeProvider, _log, _stop.Token);
        foreach (var room in _outbox.Restore())
            _sender.Kick(room);
    }

    /// <summary>
    /// Starts, and returns when first connected; tries for ever. Throws <see cref="ChatException"/> if the server refuses for good. If
    /// <paramref name="ct"/> fires first, the connection is stopped.
    /// </summary>
    public async Task StartAsync(CancellationToken ct = default)
    {
        lock (_startLock)
        {
            ObjectDisposedException.ThrowIf(_stopped is not null, this);
            _loop ??= Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        }

        try
        {
            await _started.Task.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>The connection as of now.</summary>
    public ConnectionStatus Status => _status.Value;

    /// <summary>Begins with the current status; a slow reader sees the newest and misses some between. Ends when the connection is stopped.</summary>
    public IAsyncEnumerable<ConnectionStatus> StatusChanges(CancellationToken ct = default) => _status.ReadAsync(ct);

    /// <summary>
    /// Disconnects, ends the enumerables, and lets go of the outbox file. Takes at most about two seconds. Whoever waits for a send gets
    /// <c>unavailable</c>; with an <see cref="ChatOptions.OutboxFile"/> the message is sent by the next connection that has the file.
    /// </summary>
    public Task StopAsync()
    {
        lock (_startLock)
            return _stopped ??= Task.Run(StopOnceAsync);
    }

    /// <inheritdoc cref="StopAsync"/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync()
    {
        await _stop.CancelAsync();
        if (_loop is { } loop)
            await loop;
        await _sender.StoppedAsync();
        _feed.Complete();
        _signals.Complete();
        var stopped = new ChatException(ErrorCodes.Unavailable, "The connection was stopped before the message was acknowledged.");
        _outbox.Abandon(stopped);
        if (_started.TrySetException(new ChatException(ErrorCodes.Unavailable, "The connection was stopped.")))
            _ = _started.Task.Exception;
        Show(s => s with { State = ConnectionState.Stopped, Reason = "Stopped.", Refusal = null });
        _status.Complete();
        if (_outboxFile is { } file)
            await file.DisposeAsync();
    }

    private void Show(Func<ConnectionStatus, ConnectionStatus> change)
    {
        var before = _status.Value;
        if (!_status.Update(change))
            return;
        var now = _status.Value;
        if ((now.State, now.Reason, now.Attempt) != (before.State, before.Reason, before.Attempt))
            ClientLog.StatusChanged(_log, now.State, now.Transport, now.Reason, now.Attempt);
    }
}

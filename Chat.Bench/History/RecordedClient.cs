using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Chat.Bench.Processes;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>
/// A real client whose every send and every event goes into a history. It reads its events from the moment it is started, and may be stopped and
/// started again: it goes on where it was. Any number of sends may be unanswered; their order is that of the calls.
/// </summary>
public sealed class RecordedClient : IAsyncDisposable
{
    private readonly ChatHistory _history;
    private readonly ChatOptions _options;
    private readonly ConcurrentDictionary<string, long> _cursors = new();
    private readonly ConcurrentQueue<TimeSpan> _outages = new();
    private readonly Lock _lock = new();
    private readonly List<(Func<ChatEvent, bool> Match, TaskCompletionSource<ChatEvent> Found)> _expected = [];
    private readonly string _clientId;
    private CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private int _sent;
    private int _losses;
    private long? _lost;

    /// <summary>Not connected before <see cref="StartAsync"/>.</summary>
    public RecordedClient(ChatHistory history, string name, ChatOptions options)
    {
        _history = history;
        _options = options;
        Name = name;
        _clientId = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        Connection = new ChatConnection(options);
    }

    /// <summary>What the history calls it.</summary>
    public string Name { get; }

    /// <summary>The client itself, of its present life.</summary>
    public ChatConnection Connection { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Lives { get; private set; }

    /// <summary>Waits so long after each event before it takes the next: a reader that does not keep up.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>How often the connection was lost, as far as it was noticed.</summary>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>The last number seen in a room; 0 before the first.</summary>
    public long Seen(string roomId) => _cursors.GetValueOrDefault(roomId);

    /// <summary>How long it was not connected, each time, but for the first and for when it was stopped.</summary>
    public IReadOnlyCollection<TimeSpan> Outages => _outages;

    /// <summary>Connects, and watches these rooms from their heads as of now.</summary>
    public async Task StartAsync(CancellationToken ct, params IEnumerable<string> roomIds)
    {
        await Connection.StartAsync(ct);
        foreach (var id in roomIds)
        {
            // A room without a cursor starts at the head that the first Sync saw: whoever sends before all have started, breaks this.
            _cursors[id] = Connection.Rooms[id].Head;
            _history.Watching(Name, Connection.Me!.Id, id, Seen(id));
        }
        Read();
    }

    /// <summary>Connects, and watches all rooms that it is in from their heads as of now: nobody may write before all have started.</summary>
    public async Task StartEverywhereAsync(CancellationToken ct)
    {
        await Connection.StartAsync(ct);
        foreach (var (id, room) in Connection.Rooms)
        {
            _cursors[id] = room.Head;
            _history.Watching(Name, Connection.Me!.Id, id, room.Head);
        }
        Read();
    }

    /// <summary>Connects, going on after these numbers; returns at once. Who watches what, the caller records.</summary>
    public void StartAfter(ImmutableDictionary<string, long> cursors) => Begin(cursors);

    /// <summary>Disconnects and forgets everything but where it was. What is unanswered has an unknown fate.</summary>
    public async Task StopAsync()
    {
        await Connection.DisposeAsync();
        await _reading;
        await _stop.CancelAsync();
        await _watching;
        _lost ??= _history.Now;
    }

    /// <summary>Starts anew after <see cref="StopAsync"/>, without waiting for a connection.</summary>
    public void Resume() => Begin(Connection.Cursors.ToImmutableDictionary());

    /// <summary>Hands one message to the client, and records what becomes of it. Completes with the acknowledgement; fails where it is refused.</summary>
    public Task<long?> SendAsync(string roomId, string body, CancellationToken ct) =>
        RecordAsync(roomId, EventTypes.Message, body, id => Connection.SendAsync(roomId, body, clientId: id, ct: ct));

    /// <summary>Edits a message in the same way.</summary>
    public Task<long?> EditAsync(string roomId, long target, string body, CancellationToken ct) =>
        RecordAsync(roomId, EventTypes.Edit, body, id => Connection.EditAsync(roomId, target, body, id, ct));

    /// <summary>Takes a message back in the same way.</summary>
    public Task<long?> DeleteAsync(string roomId, long target, CancellationToken ct) =>
        RecordAsync(roomId, EventTypes.Delete, null, id => Connection.DeleteAsync(roomId, target, id, ct));

    /// <summary>Puts a reaction on a message in the same way.</summary>
    public Task<long?> ReactAsync(string roomId, long target, string reaction, CancellationToken ct) =>
        RecordAsync(roomId, EventTypes.Reaction, reaction, id => Connection.ReactAsync(roomId, target, reaction, id, ct));

    /// <summary>Completes when a room's number has been seen.</summary>
    public Task SeesAsync(string roomId, long seq, TimeSpan within, CancellationToken ct) =>
        Eventually.TrueAsync(() => Seen(roomId) >= seq || _reading.IsCompleted, within,
            () => $"{Name} sees number {seq} (it has {Seen(roomId)}, {Connection.Status})", ct);

    /// <summary>The next event that matches, from this call on.</summary>
    public Task<ChatEvent> NextAsync(Func<ChatEvent, bool> match)
    {
        var found = new TaskCompletionSource<ChatEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _expected.Add((match, found));
        return found.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Connection.DisposeAsync();
        await _reading;
        await _watching;
        _stop.Dispose();
    }

    private async Task<long?> RecordAsync(string roomId, string type, string? body, Func<string, Task<SendResult>> call)
    {
        Send send;
        Task<SendResult> answer;
        lock (_lock)
        {
            // What an earlier life left unanswered may still be on its way: only within a life there is an order.
            var sender = Lives > 1 ? $"{Name}, life {Lives}," : Name;
            var clientId = $"{_clientId}-{++_sent}";
            send = _history.Started(sender, roomId, clientId, body, type);
            answer = call(clientId);
        }
        try
        {
            var result = await answer;
            _history.Acked(send, result.Seq!.Value);
            return result.Seq;
        }
        catch (ChatException e) when (!e.MayRetry)
        {
            // That the client may not connect any more says nothing about what it has sent before.
            if (e.Code != ErrorCodes.Unauthenticated)
                send.Refused = e.Code;
            throw;
        }
    }

    private void Begin(ImmutableDictionary<string, long> cursors)
    {
        _stop.Dispose();
        _stop = new();
        Connection = new ChatConnection(_options with { Cursors = cursors });
        // It tries for ever; stopping ends it.
        _ = Connection.StartAsync(CancellationToken.None).ContinueWith(static t => t.Exception, TaskScheduler.Default);
        Read();
    }

    private void Read()
    {
        Lives++;
        _reading = ReadAsync(Connection, _stop.Token);
        _watching = WatchStatusAsync(Connection, _stop.Token);
    }

    private async Task ReadAsync(ChatConnection connection, CancellationToken stop)
    {
        try
        {
            await foreach (var e in connection.Events(stop))
            {
                _history.Saw(Name, e);
                _cursors[e.RoomId] = e.Seq;
                Tell(e);
                if (Pause > TimeSpan.Zero)
                    await Task.Delay(Pause, CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // All is over.
        }
    }

    private void Tell(ChatEvent e)
    {
        lock (_lock)
        {
            foreach (var (_, found) in _expected.Where(x => x.Match(e)))
                found.TrySetResult(e);
            _expected.RemoveAll(x => x.Found.Task.IsCompleted);
        }
    }

    private async Task WatchStatusAsync(ChatConnection connection, CancellationToken stop)
    {
        var connected = Lives == 1;
        try
        {
            await foreach (var status in connection.StatusChanges(stop))
            {
                if (status.State is ConnectionState.Connected)
                {
                    if (_lost is { } since)
                    {
                        _history.Back(Name, since);
                        if (connected)
                            _outages.Enqueue(Stopwatch.GetElapsedTime(since));
                    }
                    (_lost, connected) = (null, true);
                }
                else if (connected && _lost is null)
                {
                    _lost = _history.Now;
                    Interlocked.Increment(ref _losses);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // All is over.
        }
    }
}

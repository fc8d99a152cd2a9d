using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>
/// A real client whose every send and every event goes into a history. It reads its events from the moment it is started.
/// One send at a time may be begun; any number may be unanswered.
/// </summary>
public sealed class RecordedClient : IAsyncDisposable
{
    private readonly ChatHistory _history;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _cursors = new();
    private readonly ConcurrentQueue<TimeSpan> _outages = new();
    private readonly Lock _lock = new();
    private readonly List<(Func<ChatEvent, bool> Match, TaskCompletionSource<ChatEvent> Found)> _expected = [];
    private Task _reading = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private int _sent;

    /// <summary>Not connected before <see cref="StartAsync"/>.</summary>
    public RecordedClient(ChatHistory history, string name, ChatOptions options)
    {
        _history = history;
        Name = name;
        Connection = new ChatConnection(options);
    }

    /// <summary>What the history calls it.</summary>
    public string Name { get; }

    /// <summary>The client itself.</summary>
    public ChatConnection Connection { get; }

    /// <summary>The last number seen in a room; 0 before the first.</summary>
    public long Seen(string roomId) => _cursors.GetValueOrDefault(roomId);

    /// <summary>How long it was not connected, each time, but for the first.</summary>
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
        _reading = ReadAsync();
        _watching = WatchStatusAsync();
    }

    /// <summary>Hands one message to the client, and records what becomes of it. Completes with the acknowledgement; fails where it is refused.</summary>
    public async Task<long?> SendAsync(string roomId, string body, CancellationToken ct)
    {
        var clientId = $"{Name}-{_sent++}";
        var send = _history.Started(Name, roomId, clientId, body);
        try
        {
            var result = await Connection.SendAsync(roomId, body, clientId: clientId, ct: ct);
            _history.Acked(send, result.Seq!.Value);
            return result.Seq;
        }
        catch (ChatException e) when (!e.MayRetry)
        {
            send.Refused = e.Code;
            throw;
        }
    }

    /// <summary>Completes when a room's number has been seen.</summary>
    public Task SeesAsync(string roomId, long seq, TimeSpan within, CancellationToken ct) =>
        Eventually.TrueAsync(() => Seen(roomId) >= seq || _reading.IsCompleted, within, ct, $"{Name} sees number {seq} (it has {Seen(roomId)}, {Connection.Status})");

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

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var e in Connection.Events(_stop.Token))
            {
                _history.Observed(Name, e);
                _cursors[e.RoomId] = e.Seq;
                Tell(e);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
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

    private async Task WatchStatusAsync()
    {
        long? lost = null;
        try
        {
            await foreach (var status in Connection.StatusChanges(_stop.Token))
            {
                if (status.State is not ConnectionState.Connected)
                    lost ??= Stopwatch.GetTimestamp();
                else if (lost is { } since)
                {
                    _outages.Enqueue(Stopwatch.GetElapsedTime(since));
                    lost = null;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

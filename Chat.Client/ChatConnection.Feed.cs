using System.Collections.Concurrent;
using Chat.Client.Transports;
using Chat.Contracts;

namespace Chat.Client;

public sealed partial class ChatConnection
{
    private readonly ConcurrentDictionary<string, long> _unsentReads = new();
    private int _flushing;

    /// <summary>
    /// The last event handed to the reader of <see cref="Events"/> in each of my rooms; a snapshot. Given to the next process as
    /// <see cref="ChatOptions.Cursors"/>, it goes on exactly there.
    /// </summary>
    public IReadOnlyDictionary<string, long> Cursors => _feed.Handed;

    /// <summary>
    /// The generation of the event at each of the <see cref="Cursors"/>, where it has one; a snapshot. Give it to the
    /// next process as <see cref="ChatOptions.Generations"/>. Read both between two events, so that they belong
    /// together.
    /// </summary>
    public IReadOnlyDictionary<string, string> Generations => _feed.HandedGenerations;

    /// <summary>
    /// The events of all my rooms: in each room ascending, without holes (but for what I may not see) and without duplicates. One reader at a
    /// time; one that stops goes on later where it stopped. A reader that does not keep up costs bounded memory and loses nothing: the rest is
    /// paged from the server when it gets there. Ends when the connection is stopped; throws <see cref="ChatException"/> when it has failed for good.
    /// </summary>
    public IAsyncEnumerable<ChatEvent> Events(CancellationToken ct = default) => _feed.ReadAsync(PageForReaderAsync, ct);

    /// <summary>Typing, presence, read markers and rooms, from this call on. Any number of readers; a slow one loses the oldest.</summary>
    public IAsyncEnumerable<ChatSignal> Signals(CancellationToken ct = default) => _signals.Subscribe(ct);

    /// <summary>I have read everything up to this number. While not connected only the newest of each room is kept, and sent later.</summary>
    public async Task MarkReadAsync(string roomId, long seq, CancellationToken ct = default)
    {
        _feed.ReadTo(roomId, seq);
        _unsentReads.AddOrUpdate(roomId, seq, (_, old) => Math.Max(old, seq));
        if (_gate.Current is { } session)
            await FlushReadsAsync(session).WaitAsync(ct);
    }

    /// <summary>I am typing; say it again every few seconds while it lasts. Dropped while not connected.</summary>
    public Task TypingAsync(string roomId, CancellationToken ct = default) =>
        _gate.Current is { } session ? session.TellAsync(nameof(IChatHub.Typing), [roomId], ct) : Task.CompletedTask;

    /// <summary>One at a time: what is marked while a marker is on its way is merged into the next.</summary>
    private async Task FlushReadsAsync(HubSession session)
    {
        var sending = true;
        while (sending && !_unsentReads.IsEmpty && Interlocked.Exchange(ref _flushing, 1) == 0)
        {
            try
            {
                foreach (var read in _unsentReads)
                    sending = sending && await SendReadAsync(session, read);
            }
            finally
            {
                // And then it looks again, for one that came too late for the loop and too early for its own.
                Volatile.Write(ref _flushing, 0);
            }
        }
    }

    /// <summary>False if it has to wait for another session.</summary>
    private async Task<bool> SendReadAsync(HubSession session, KeyValuePair<string, long> read)
    {
        if (!_unsentReads.TryRemove(read))
            return true;
        try
        {
            await session.InvokeAsync<object?>(nameof(IChatHub.MarkRead), [read.Key, read.Value], _stop.Token);
            return true;
        }
        catch (ChatException e) when (!e.MayRetry)
        {
            // Not my room any more, for instance. A marker is not worth an error.
            return true;
        }
        catch (Exception e) when (e is SessionLostException or ChatException or OperationCanceledException)
        {
            _unsentReads.AddOrUpdate(read.Key, read.Value, (_, newer) => Math.Max(newer, read.Value));
            return false;
        }
    }

    /// <summary>A page for the reader, however long it takes to get one.</summary>
    private async Task<EventPage> PageForReaderAsync(string roomId, PageRequest page, CancellationToken ct)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        var pace = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await OnSessionAsync<EventPage>(nameof(IChatHub.History), [roomId, page], any.Token);
            }
            catch (Exception e) when (e is SessionLostException or ChatException { MayRetry: true })
            {
                await Task.Delay(pace.Next(), _options.TimeProvider, any.Token);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Chat.Contracts;

namespace Chat.Client.Syncing;

internal sealed partial class RoomFeed
{
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int _reading;
    private volatile ChatException? _failure;
    private volatile bool _completed;

    /// <summary>
    /// The events in order. One reader at a time; one that stops goes on later where it stopped. Ends after <see cref="Complete"/>,
    /// throws after <see cref="Fail"/> when everything that had come is handed over.
    /// </summary>
    /// <param name="history">Pages a room's log; waits for a connection, and throws what the server says.</param>
    /// <param name="ct">Stops the reading.</param>
    public async IAsyncEnumerable<ChatEvent> ReadAsync(
        Func<string, PageRequest, CancellationToken, Task<EventPage>> history, [EnumeratorCancellation] CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("The events of a connection have one reader at a time.");
        try
        {
            while (!_completed)
            {
                ct.ThrowIfCancellationRequested();
                switch (Next())
                {
                    case FeedItem.One one:
                        yield return one.Event;
                        break;
                    case FeedItem.Range range:
                        var page = await PageAsync(range, history, ct);
                        if (_completed)
                            yield break;
                        foreach (var e in page)
                        {
                            if (_completed)
                                yield break;
                            if (!HandOver(range, e))
                                break;
                            yield return e;
                        }

                        if (page.Count == 0 || range.From > range.To)
                            Finish(range);
                        break;
                    case null when _failure is { } failure:
                        throw new ChatException(failure.Code, failure.Message, failure);
                    case null:
                        await _wake.Reader.ReadAsync(ct);
                        break;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    /// <summary>Ends the reading at once.</summary>
    public void Complete()
    {
        _completed = true;
        Wake();
    }

    /// <summary>Lets the reader fail when it has read all; null takes that back.</summary>
    public void Fail(ChatException? failure)
    {
        _failure = failure;
        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    // An event leaves the line when it is handed over; a range stays in front until all of it is, so that a reader that stops loses nothing.
    private FeedItem? Next()
    {
        lock (_lock)
        {
            while (_items.TryPeek(out var item))
            {
                switch (item)
                {
                    case FeedItem.Range range:
                        if (_standing.TryGetValue(range.RoomId, out var standing) && standing.Tail == range)
                            standing.Tail = null;
                        return range;
                    case FeedItem.One one:
                        _items.Dequeue();
                        SetHanded(one.RoomId, one.Event.Seq, one.Event.Generation);
                        return one;
                    case FeedItem.Place place:
                        _items.Dequeue();
                        SetHanded(place.RoomId, place.Cursor, null);
                        break;
                }
            }

            return null;
        }
    }

    private bool HandOver(FeedItem.Range range, ChatEvent e)
    {
        lock (_lock)
        {
            if (!IsNext(range))
                return false;
            if (_standing.TryGetValue(range.RoomId, out var standing) && standing.Accepted == e.Seq)
                standing.Generation = e.Generation;
            range.From = e.Seq + 1;
            SetHanded(range.RoomId, e.Seq, e.Generation);
            return true;
        }
    }

    private void Finish(FeedItem.Range range)
    {
        lock (_lock)
        {
            if (!IsNext(range))
                return;
            _items.Dequeue();
            if (range.To != long.MaxValue && _handed.GetValueOrDefault(range.RoomId) != range.To)
                SetHanded(range.RoomId, range.To, null);
        }
    }

    // A room that starts over removes its range, perhaps while a page of the range is on its way.
    private bool IsNext(FeedItem.Range range) => _items.TryPeek(out var next) && next == range;

    private async Task<IReadOnlyList<ChatEvent>> PageAsync(
        FeedItem.Range range, Func<string, PageRequest, CancellationToken, Task<EventPage>> history, CancellationToken ct)
    {
        try
        {
            var page = await history(range.RoomId, new PageRequest(After: range.From - 1), ct);
            return [.. page.Events.Where(e => e.Seq >= range.From && e.Seq <= range.To)];
        }
        catch (ChatException e) when (!e.MayRetry)
        {
            ClientLog.NotVisible(log, range.RoomId, range.From, range.To, e.Code);
            return [];
        }
        catch (Exception) when (_completed)
        {
            return [];
        }
    }
}

using Chat.Client.Transports;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Sending;

/// <summary>
/// Sends what is in the outbox: in each room in order, one batch in flight, and the same batch again with the same client ids until
/// it is answered. Rooms do not wait for each other. Thread-safe.
/// </summary>
/// <param name="queue">What to send.</param>
/// <param name="send">
/// One call: waits for a connection, returns a result per message; throws <see cref="ChatException"/> if the whole call was
/// refused, <see cref="SessionLostException"/> if no answer came.
/// </param>
/// <param name="time">The clock of the waits.</param>
/// <param name="log">Where log lines go.</param>
/// <param name="stop">Ends the sending.</param>
internal sealed class OutboxSender(
    OutboxQueue queue,
    Func<string, IReadOnlyList<NewMessage>, CancellationToken, Task<IReadOnlyList<SendResult>>> send,
    TimeProvider time,
    ILogger log,
    CancellationToken stop)
{
    /// <summary>Most bytes of JSON in a batch: leaves a quarter of a hub message to spare.</summary>
    public const int BatchBytes = 48 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _rooms = [];

    /// <summary>There is something to send in a room.</summary>
    public void Kick(string roomId)
    {
        lock (_lock)
            if (!_rooms.ContainsKey(roomId) && !stop.IsCancellationRequested)
                _rooms[roomId] = Task.Run(() => SendRoomAsync(roomId), CancellationToken.None);
    }

    /// <summary>Completes when nothing is being sent any more, after the stop token has fired.</summary>
    public Task StoppedAsync()
    {
        lock (_lock)
            return Task.WhenAll(_rooms.Values);
    }

    private async Task SendRoomAsync(string roomId)
    {
        var pace = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        var most = Limits.BatchMessages;
        try
        {
            while (Take(roomId, most) is { Count: > 0 } batch)
            {
                (var refusal, most) = await TryAsync(roomId, batch, most);
                if (refusal is null)
                {
                    pace.Reset();
                    continue;
                }

                var wait = pace.Next();
                if (refusal.RetryAfter is { } told && told > wait)
                    wait = told;
                ClientLog.SendDelayed(log, roomId, batch.Count, wait, refusal.Code);
                await Task.Delay(wait, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is left stays in the outbox.
        }
    }

    private IReadOnlyList<Pending> Take(string roomId, int most)
    {
        lock (_lock)
        {
            var batch = queue.Batch(roomId, most, BatchBytes);
            // Decided under the lock that Kick takes: either it sees this worker, or the worker sees its entry.
            if (batch.Count == 0)
                _rooms.Remove(roomId);
            return batch;
        }
    }

    /// <summary>One call. Returns why it has to wait, if it has to, and how many messages the next call may bring.</summary>
    private async Task<(ChatException? Wait, int Most)> TryAsync(string roomId, IReadOnlyList<Pending> batch, int most)
    {
        // A batch may be larger than what the rate leaves room for, or than a slow line carries in time: a smaller one gets through.
        var smaller = Math.Max(1, batch.Count / 2);
        try
        {
            var results = await send(roomId, [.. batch.Select(p => p.Message)], stop);
            return (Apply(roomId, batch, results), Math.Min(Limits.BatchMessages, most * 2));
        }
        catch (SessionLostException)
        {
            // Whether it was carried out is not known; the same client ids make it harmless to ask again.
            return (null, smaller);
        }
        catch (ChatException e) when (e.MayRetry)
        {
            queue.Note(batch, new SendError(e.Code, e.Message));
            return (e, smaller);
        }
        catch (ChatException e) when (batch.Count > 1 && e.Code is ErrorCodes.Invalid or ErrorCodes.TooLarge or ErrorCodes.KeyReused)
        {
            // One of them is guilty: one by one it shows which.
            return (null, 1);
        }
        catch (ChatException e)
        {
            foreach (var pending in batch)
                Refuse(roomId, pending, e);
            return (null, Limits.BatchMessages);
        }
    }

    private ChatException? Apply(string roomId, IReadOnlyList<Pending> batch, IReadOnlyList<SendResult> results)
    {
        ChatException? wait = null;
        var byId = results.Where(r => r.ClientId is not null).DistinctBy(r => r.ClientId).ToDictionary(r => r.ClientId!);
        foreach (var pending in batch)
        {
            var result = byId.GetValueOrDefault(pending.Entry.ClientId);
            if (result?.Seq is not null)
                queue.Done(pending, result);
            else if (result?.Error is { } error && !ErrorCodes.MayRetry(error.Code))
                Refuse(roomId, pending, new ChatException(error.Code, error.Message));
            else
            {
                var reason = result?.Error ?? new SendError(ErrorCodes.Unavailable, "The server's answer leaves this message out.");
                queue.Note([pending], reason);
                wait ??= new ChatException(reason.Code, reason.Message);
            }
        }

        return wait;
    }

    private void Refuse(string roomId, Pending pending, ChatException e)
    {
        ClientLog.SendRefused(log, roomId, pending.Entry.ClientId, e.Code);
        queue.Refuse(pending, e);
    }
}

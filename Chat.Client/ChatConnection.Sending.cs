using Chat.Client.Sending;
using Chat.Client.Transports;
using Chat.Contracts;

namespace Chat.Client;

public sealed partial class ChatConnection
{
    /// <summary>What the server has not acknowledged yet, oldest first; a snapshot.</summary>
    public IReadOnlyList<OutboxEntry> Outbox => _outbox.Entries;

    /// <summary>The outbox changed. Called on any thread; do little.</summary>
    public event Action? OutboxChanged;

    /// <summary>
    /// Puts a message into the outbox before it returns, connected or not. Messages to one room go out in the order of the calls, each exactly once. The task
    /// completes with the durable result; it throws <see cref="ChatException"/> if the message was refused for good, or if the connection
    /// failed or was stopped before. Cancelling stops the waiting, not the sending.
    /// </summary>
    /// <param name="roomId">Where to.</param>
    /// <param name="body">The text.</param>
    /// <param name="replyTo">The number of the message it answers.</param>
    /// <param name="clientId">1–64 characters of <c>[A-Za-z0-9_-]</c>; null for a random one. The same again is the same message.</param>
    /// <param name="ct">Stops the waiting.</param>
    public Task<SendResult> SendAsync(
        string roomId, string body, long? replyTo = null, string? clientId = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(roomId);
        ArgumentNullException.ThrowIfNull(body);
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        var entry = new OutboxEntry(roomId, clientId ?? ClientIds.New(), body, replyTo, _options.TimeProvider.GetUtcNow());
        Task<Pending> queued;
        try
        {
            queued = _outbox.AddAsync(entry);
        }
        catch (ChatException e)
        {
            return Task.FromException<SendResult>(e);
        }

        var sent = SentAsync(roomId, queued);
        // Whoever sends and looks away learns of a refusal by the outbox and the log, not by an unobserved exception.
        _ = sent.ContinueWith(static t => t.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return sent.WaitAsync(ct);
    }

    private async Task<SendResult> SentAsync(string roomId, Task<Pending> queued)
    {
        var pending = await queued;
        _sender.Kick(roomId);
        ThrowIfFailed();
        return await pending.Result.Task;
    }

    private Task<IReadOnlyList<SendResult>> SendBatchAsync(string roomId, IReadOnlyList<NewMessage> messages, CancellationToken ct) =>
        OnSessionAsync<IReadOnlyList<SendResult>>(nameof(IChatHub.Send), [roomId, messages], ct);

    private void OnOutboxChanged()
    {
        try
        {
            OutboxChanged?.Invoke();
        }
        catch (Exception e)
        {
            // The sending does not depend on who watches it.
            ClientLog.SubscriberThrew(_log, e);
        }
    }
}

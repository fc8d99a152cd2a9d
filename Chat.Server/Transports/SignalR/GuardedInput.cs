using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// The input of a hub connection on its way to SignalR. It knows how long the client has been silent, counts refusals,
/// and can end the connection with a text. SignalR itself waits without end for a client that has never pinged.
/// </summary>
internal sealed class GuardedInput(
    PipeReader inner, string userId, RefusedCalls refusals, RequestRates rates, TimeProvider time) : PipeReader
{
    /// <summary>How long a client may take to read why its connection ends.</summary>
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(5);

    private static readonly AsyncLocal<GuardedInput?> s_current = new();

    private HubException? _reason;
    private long _silentSince, _endedAt;

    /// <summary>The connection whose input is being read by the caller; null outside of one.</summary>
    public static GuardedInput? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>The user's place among their connections.</summary>
    public OpenLimit.Place? Place { get; set; }

    /// <summary>Ends the connection even while a write is in flight.</summary>
    public Action Abort { get; set; } = () => { };

    /// <summary>
    /// Ends the connection and tells the client why, if the client reads. The first reason counts. Thread-safe.
    /// </summary>
    public void End(string code, string text)
    {
        if (Interlocked.CompareExchange(ref _reason, new HubException($"{code}: {text}"), null) is not null)
            return;
        Volatile.Write(ref _endedAt, time.GetTimestamp());
        inner.CancelPendingRead();
    }

    /// <summary>Counts a call that was refused or could not be read. Too many of these end the connection.</summary>
    public void Refused(string code)
    {
        if (!refusals.Count("hub", code, userId))
            End(ErrorCodes.RateLimited, "too many of your calls were refused or could not be read");
    }

    /// <summary>
    /// Counts a message that could not be read. Its connection ends, and the user's next connections may have to wait.
    /// </summary>
    public void Malformed(string code)
    {
        rates.ChargeMalformed(userId);
        Refused(code);
    }

    /// <summary>
    /// Called now and then. Ends a client that has been silent for too long, and one that does not close after it was
    /// told to.
    /// </summary>
    public void Look(TimeSpan patience)
    {
        if (Volatile.Read(ref _endedAt) is not 0 and var ended)
        {
            if (time.GetElapsedTime(ended) >= s_goodbye)
                Abort();
        }
        else if (Volatile.Read(ref _silentSince) is not 0 and var silent && time.GetElapsedTime(silent) >= patience)
        {
            End(ErrorCodes.Invalid,
                $"nothing came for {patience.TotalSeconds:0} s; a client must ping or send more often");
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_reason is { } reason)
            throw reason;
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Heard(reading.Result)) : WaitAsync(reading);
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        Volatile.Write(ref _silentSince, time.GetTimestamp());
        try
        {
            return Heard(await reading);
        }
        finally
        {
            // A client that waits for an answer does not count as silent, however long the answer takes.
            Volatile.Write(ref _silentSince, 0);
        }
    }

    private ReadResult Heard(ReadResult result)
    {
        if (_reason is { } reason)
            throw reason;
        if (!result.Buffer.IsEmpty)
            Place?.Heard();
        return result;
    }
}

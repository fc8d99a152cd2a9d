using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// The sending half of a hub connection over a WebSocket: what is flushed is one WebSocket message, and goes out on the thread that flushes it. SignalR's
/// own way has a pipe in between, which another thread empties: a quarter more processor time for each delivery; see docs/decisions.md.
/// </summary>
/// <remarks>SignalR flushes one at a time, and closes the WebSocket itself when the hub is done (<see cref="Complete"/>).</remarks>
/// <param name="accepted">The WebSocket, once it is there.</param>
/// <param name="http">Its request.</param>
/// <param name="type">What kind of messages it carries; asked when there is one, since the handshake decides it.</param>
/// <param name="inner">SignalR's pipe.</param>
/// <param name="patience">How long it may take until the web server has room for a message.</param>
/// <param name="time">By this clock.</param>
internal sealed class SocketOutput(
    AcceptedSocket accepted, HttpContext http, Func<WebSocketMessageType> type, PipeWriter inner, TimeSpan patience, TimeProvider time) : PipeWriter
{
    /// <summary>Of <see cref="_state"/>: a flush waits; the connection is to end, and what is still said, such as that, waits only for <see cref="s_ending"/>.</summary>
    private const int Waiting = 1, Ending = 2;

    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(5);

    private static readonly FlushResult s_over = new(isCanceled: false, isCompleted: true);

    private ArrayBufferWriter<byte>? _gathered;
    private int _state;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _gathered?.WrittenCount ?? 0;

    public override Memory<byte> GetMemory(int sizeHint = 0) => (_gathered ??= new ArrayBufferWriter<byte>()).GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _gathered!.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_gathered is not { WrittenCount: > 0 } gathered)
            return default;
        // Not kept: who has nothing to say costs nothing.
        _gathered = null;
        return SendAsync(gathered.WrittenMemory);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_gathered is null)
            return SendAsync(source);
        _gathered.Write(source.Span);
        return FlushAsync(cancellationToken);
    }

    /// <summary>The connection is to end: it does not wait any longer for a client that takes nothing.</summary>
    public override void CancelPendingFlush()
    {
        if ((Interlocked.Or(ref _state, Ending) & Waiting) != 0)
            http.Abort();
        if (accepted.Socket is null)
            inner.CancelPendingFlush();
    }

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> message)
    {
        if (accepted.Socket is not { } socket)
            return inner.WriteAsync(message);
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return new(s_over);
        // No token: with one the WebSocket would take a longer way.
        var sending = socket.SendAsync(message, type(), endOfMessage: true, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
            return new(WaitAsync(sending.AsTask()));
        sending.GetAwaiter().GetResult();
        return default;
    }

    private async Task<FlushResult> WaitAsync(Task sending)
    {
        var ending = (Interlocked.Or(ref _state, Waiting) & Ending) != 0;
        try
        {
            await sending.WaitAsync(ending ? s_ending : patience, time);
            return default;
        }
        catch (TimeoutException)
        {
            http.Abort();
            return s_over;
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return s_over;
        }
        finally
        {
            Interlocked.And(ref _state, ~Waiting);
        }
    }
}

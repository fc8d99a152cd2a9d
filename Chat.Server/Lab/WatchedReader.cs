using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Chat.Server.Lab;

/// <summary>Shows the connection what is consumed: exactly the bytes of the request at hand, where what was read may hold more.</summary>
internal sealed class WatchedReader(PipeReader inner, WatchedConnection connection) : PipeReader
{
    private ReadOnlySequence<byte> _read;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Keep(reading.Result)) : KeepAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        var read = inner.TryRead(out result);
        if (read)
            Keep(result);
        return read;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_read.IsEmpty && !consumed.Equals(_read.Start))
            connection.Consumed(_read.Slice(_read.Start, consumed));
        _read = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> KeepAsync(ValueTask<ReadResult> reading) => Keep(await reading);

    private ReadResult Keep(ReadResult result)
    {
        _read = result.Buffer;
        return result;
    }
}

namespace Chat.Client.Transports;

/// <summary>
/// Another party's answer for readers that gather what they read. Reading fails once the answer exceeds the bound.
/// </summary>
/// <param name="inner">The answer.</param>
/// <param name="server">The server that answers, for the error.</param>
/// <param name="most">Bytes in all, or between two of <paramref name="end"/>.</param>
/// <param name="end">Ends a part; null to bound the whole.</param>
internal sealed class BoundedStream(Stream inner, Uri server, int most, byte? end = null) : Stream
{
    private long _since;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Count(buffer[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..read]);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _since = end is { } mark && bytes.LastIndexOf(mark) is >= 0 and var last ? bytes.Length - last - 1
            : _since + bytes.Length;
        if (_since > most)
            throw ServerAnswers.TooLarge(server, most);
    }
}

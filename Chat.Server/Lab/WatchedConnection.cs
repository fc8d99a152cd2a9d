using System.Buffers;
using System.IO.Pipelines;

namespace Chat.Server.Lab;

/// <summary>
/// One HTTP/1.1 connection whose bytes can be copied to a tap, request by request. Browsers and proxies send what belongs to different requests, even
/// of different people, over the same connection: it is known whose bytes these are only from the moment that a request was taken
/// (<see cref="Begin"/>) until it was answered (<see cref="End"/>). Before it, all that is done is a look at the request line.
/// </summary>
internal sealed class WatchedConnection : IDuplexPipe
{
    private ArrayBufferWriter<byte>? _head;
    private Exchange? _exchange;

    public WatchedConnection(IDuplexPipe inner)
    {
        Input = new WatchedReader(inner.Input, this);
        Output = new WatchedWriter(inner.Output, this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Where what passes now is copied to; null: nowhere.</summary>
    public Exchange? Current => Volatile.Read(ref _exchange);

    /// <summary>Whether the request at hand looked like one of a lab.</summary>
    public bool HasHead => _head is not null;

    /// <summary>The request whose head was read last belongs to this tap. False if its head was not seen as one of a lab.</summary>
    public bool Begin(Tap tap)
    {
        if (_head is not { } head || Current is not null)
            return false;
        _head = null;
        var exchange = new Exchange(tap, tap.Begin());
        var bytes = head.WrittenSpan.ToArray();
        RequestHead.Blank(bytes);
        exchange.Add(fromClient: true, bytes);
        Volatile.Write(ref _exchange, exchange);
        return true;
    }

    /// <summary>Its answer is complete, or its connection is over.</summary>
    public void End() => Interlocked.Exchange(ref _exchange, null)?.Tap.End();

    /// <summary>The next request shall not get the head of one that was never taken.</summary>
    public void Forget() => _head = null;

    /// <summary>Kestrel takes a head, which may come in parts, before it hands the request over, and a body only afterwards.</summary>
    public void Consumed(in ReadOnlySequence<byte> bytes)
    {
        if (Current is { } exchange)
            exchange.Add(fromClient: true, bytes);
        else if (_head is not null || RequestHead.IsOfALab(bytes))
            Keep(bytes);
    }

    private void Keep(in ReadOnlySequence<byte> bytes)
    {
        _head ??= new ArrayBufferWriter<byte>(2048);
        if (_head.WrittenCount + bytes.Length > RequestHead.MaxBytes)
        {
            _head = null;
            return;
        }
        foreach (var segment in bytes)
            _head.Write(segment.Span);
    }

    /// <summary>One request and its answer, on their way to a tap.</summary>
    internal sealed record Exchange(Tap Tap, int Number)
    {
        public void Add(bool fromClient, ReadOnlySpan<byte> bytes) => Tap.Add(Number, fromClient, bytes);

        public void Add(bool fromClient, in ReadOnlySequence<byte> bytes) => Tap.Add(Number, fromClient, bytes);
    }
}

using System.Buffers;

namespace Chat.Server.Lab;

/// <summary>What went over the wire for the requests of one user that carry one lab id: the newest bytes, and counts of all. Thread-safe.</summary>
internal sealed class Tap(TimeProvider time)
{
    /// <summary>Most bytes that are kept; the oldest pieces go.</summary>
    public const int MaxBytes = 128 * 1024;

    private const int MaxPiece = 32 * 1024;
    /// <summary>What a piece costs besides its bytes, so that very many small ones are bounded too.</summary>
    private const int PieceCost = 64;

    private readonly Lock _lock = new();
    private readonly Queue<Piece> _pieces = new();
    private int _kept, _exchanges, _open;
    private long _last, _received, _sent, _used = time.GetTimestamp();

    /// <summary>How long nobody has read it.</summary>
    public TimeSpan Unused => time.GetElapsedTime(Interlocked.Read(ref _used));

    /// <summary>A request begins. Returns its number.</summary>
    public int Begin()
    {
        lock (_lock)
        {
            _open++;
            return ++_exchanges;
        }
    }

    /// <summary>A request and its answer are over.</summary>
    public void End()
    {
        lock (_lock)
            _open--;
    }

    public void Add(int exchange, bool fromClient, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        lock (_lock)
        {
            _ = fromClient ? _received += bytes.Length : _sent += bytes.Length;
            var data = bytes[..Math.Min(bytes.Length, MaxPiece)].ToArray();
            _pieces.Enqueue(new Piece(++_last, exchange, fromClient, time.GetUtcNow().ToUnixTimeMilliseconds(), data, bytes.Length - data.Length));
            _kept += data.Length + PieceCost;
            while (_kept > MaxBytes)
                _kept -= _pieces.Dequeue().Data.Length + PieceCost;
        }
    }

    public void Add(int exchange, bool fromClient, in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            Add(exchange, fromClient, segment.Span);
    }

    /// <summary>The counts, and the pieces after a number as far as they are kept.</summary>
    public TapPart Read(string node, long after)
    {
        lock (_lock)
        {
            Interlocked.Exchange(ref _used, time.GetTimestamp());
            return new TapPart(node, [.. _pieces.Where(p => p.N > after)], _last, _exchanges, _open, _received, _sent);
        }
    }
}

/// <summary>A tap as one node has it.</summary>
/// <param name="Node">Which node.</param>
/// <param name="Pieces">Those asked for, ascending; a hole in their numbers: they came too late to be kept.</param>
/// <param name="Last">The newest piece's number; 0 if there is none.</param>
/// <param name="Requests">Requests so far; an upgraded connection or an endless answer is one.</param>
/// <param name="Open">Requests that are not fully answered now: what the client holds open.</param>
/// <param name="Received">Bytes from the client so far.</param>
/// <param name="Sent">Bytes to the client so far.</param>
internal sealed record TapPart(string Node, IReadOnlyList<Piece> Pieces, long Last, int Requests, int Open, long Received, long Sent);

namespace Chat.Bench.Proxy;

/// <summary>Bytes of TCP payload, and HTTP requests. Thread-safe.</summary>
public sealed class Traffic
{
    private long _up;
    private long _down;
    private long _requests;

    /// <summary>Bytes to the server.</summary>
    public long Up => Interlocked.Read(ref _up);

    /// <summary>Bytes to the clients.</summary>
    public long Down => Interlocked.Read(ref _down);

    /// <summary>Bytes of both directions.</summary>
    public long Bytes => Up + Down;

    /// <summary>Requests that began.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>What has come since.</summary>
    public TrafficCount Since(TrafficCount earlier) => new(Bytes - earlier.Bytes, Requests - earlier.Requests);

    /// <summary>How it stands now.</summary>
    public TrafficCount Now => new(Bytes, Requests);

    internal void Add(Direction direction, ReadOnlySpan<byte> bytes)
    {
        Interlocked.Add(ref direction is Direction.Up ? ref _up : ref _down, bytes.Length);
        // Clients begin each request with a packet of its own.
        if (direction is Direction.Up && (bytes.StartsWith("GET /"u8) || bytes.StartsWith("POST /"u8) || bytes.StartsWith("DELETE /"u8)))
            Interlocked.Increment(ref _requests);
    }
}

/// <summary>How much it was.</summary>
/// <param name="Bytes">Of TCP payload, both directions.</param>
/// <param name="Requests">HTTP requests.</param>
public readonly record struct TrafficCount(long Bytes, long Requests);

/// <summary>Harms nothing, and counts what passes.</summary>
public sealed class Counting(Traffic traffic) : Fault
{
    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        traffic.Add(direction, bytes.Span);
        return to.WriteAsync(bytes, ct);
    }
}

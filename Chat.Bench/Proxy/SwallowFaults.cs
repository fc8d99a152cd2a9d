namespace Chat.Bench.Proxy;

/// <summary>
/// After a random number of bytes, what goes this way vanishes, and the connection stays open: a dead network that nobody has noticed.
/// </summary>
/// <param name="random">Chooses when.</param>
/// <param name="way">The way that is dead; null for both.</param>
/// <param name="afterAtMost">Most bytes of both directions that pass before.</param>
public sealed class Swallow(Random random, Direction? way, int afterAtMost) : Fault
{
    private long _left = random.Next(afterAtMost + 1);

    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        var dead = Interlocked.Add(ref _left, -bytes.Length) < 0;
        return dead && (way is null || way == direction) ? ValueTask.CompletedTask : to.WriteAsync(bytes, ct);
    }
}

/// <summary>The WebSocket handshake passes, the 101 comes, and then every frame of both directions vanishes. All else passes.</summary>
public sealed class SwallowWebSocketFrames : Fault
{
    private readonly byte[] _switching = "HTTP/1.1 101"u8.ToArray();
    private readonly byte[] _endOfHead = "\r\n\r\n"u8.ToArray();
    private volatile bool _open;

    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (_open)
            return ValueTask.CompletedTask;
        if (direction is Direction.Up || !bytes.Span.StartsWith(_switching))
            return to.WriteAsync(bytes, ct);

        _open = true;   // A first frame may stand right behind the answer: it vanishes too.
        return to.WriteAsync(bytes[..(bytes.Span.IndexOf(_endOfHead) + _endOfHead.Length)], ct);
    }
}

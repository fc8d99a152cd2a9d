namespace Chat.Bench.Proxy;

/// <summary>Resets each connection as soon as it is made.</summary>
public sealed class Refuse : Fault
{
    /// <inheritdoc/>
    public override bool Accepts => false;
}

/// <summary>Cuts the connection in the middle of whatever it carries, after a random number of bytes of both directions together.</summary>
public sealed class CutAfterBytes(Random random, int atLeast, int atMost) : Fault
{
    private readonly Lock _lock = new();
    private int _left = random.Next(atLeast, atMost + 1);

    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        int pass;
        lock (_lock)
        {
            pass = Math.Min(_left, bytes.Length);
            _left -= pass;
        }
        await to.WriteAsync(bytes[..pass], ct);
        if (pass < bytes.Length)
            throw new CutException();
    }
}

/// <summary>Something that happens to one of several connections, the first that comes to it.</summary>
public sealed class Once
{
    private int _done;

    /// <summary>Whether it has happened.</summary>
    public bool Done => Volatile.Read(ref _done) == 1;

    /// <summary>True for the first caller only.</summary>
    public bool Take() => Interlocked.Exchange(ref _done, 1) == 0;
}

/// <summary>
/// Loses the first bytes downwards that hold a mark, as a proxy does that dies with them: with <paramref name="cut"/> the connection is
/// reset in their place, without it goes on as if nothing had been.
/// </summary>
public sealed class LoseMarked(byte[] mark, Once once, bool cut) : Fault
{
    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (direction is Direction.Up || bytes.Span.IndexOf(mark) < 0 || !once.Take())
            return to.WriteAsync(bytes, ct);
        return cut ? throw new CutException() : ValueTask.CompletedTask;
    }
}

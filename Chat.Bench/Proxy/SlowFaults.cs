namespace Chat.Bench.Proxy;

/// <summary>Again and again passes nothing for a while, both ways, and then goes on, with nothing lost.</summary>
/// <param name="random">Chooses when and for how long.</param>
/// <param name="everyAtMost">Most bytes of both directions between two stalls.</param>
/// <param name="atMost">The longest stall.</param>
public sealed class Stall(Random random, int everyAtMost, TimeSpan atMost) : Fault
{
    private readonly Lock _lock = new();
    private Task _over = Task.CompletedTask;
    private long _left = random.Next(everyAtMost + 1);

    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        Task over;
        lock (_lock)
        {
            _left -= bytes.Length;
            if (_left < 0 && _over.IsCompleted)
            {
                _left = random.Next(everyAtMost + 1);
                _over = Task.Delay(atMost * random.NextDouble(), CancellationToken.None);
            }
            over = _over;
        }
        await over.WaitAsync(ct);
        await to.WriteAsync(bytes, ct);
    }
}

/// <summary>Passes at most so many bytes a second in each direction.</summary>
public sealed class Throttle(int bytesPerSecond) : Fault
{
    private const int SlicesPerSecond = 20;

    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        var slice = Math.Max(1, bytesPerSecond / SlicesPerSecond);
        while (!bytes.IsEmpty)
        {
            var now = bytes[..Math.Min(slice, bytes.Length)];
            await to.WriteAsync(now, ct);
            bytes = bytes[now.Length..];
            await Task.Delay(TimeSpan.FromSeconds((double)now.Length / bytesPerSecond), ct);
        }
    }
}

/// <summary>Passes everything so much later.</summary>
public sealed class Delay(TimeSpan by) : Fault
{
    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        await Task.Delay(by, ct);
        await to.WriteAsync(bytes, ct);
    }
}

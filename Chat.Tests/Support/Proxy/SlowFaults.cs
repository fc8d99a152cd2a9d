namespace Chat.Tests.Support.Proxy;

/// <summary>Passes nothing for a while, then goes on, with nothing lost.</summary>
public sealed class Stall(Random random, int afterBytes, TimeSpan atMost) : Fault
{
    private readonly TaskCompletionSource _over = new();
    private long _left = random.Next(afterBytes + 1);
    private int _begun;

    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (Interlocked.Add(ref _left, -bytes.Length) < 0)
        {
            if (Interlocked.Exchange(ref _begun, 1) == 0)
            {
                await Task.Delay(atMost * random.NextDouble(), ct);
                _over.SetResult();
            }
            await _over.Task.WaitAsync(ct);
        }
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

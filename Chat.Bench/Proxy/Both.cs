namespace Chat.Bench.Proxy;

/// <summary>Two faults in a row: what one lets pass, the next one sees.</summary>
public sealed class Both(Fault first, Fault second) : Fault
{
    /// <inheritdoc/>
    public override bool Accepts => first.Accepts && second.Accepts;

    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct) =>
        first.PassAsync(direction, bytes, new Into(second, direction, to), ct);

    private sealed class Into(Fault fault, Direction direction, IOutlet to) : IOutlet
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => fault.PassAsync(direction, bytes, to, ct);
    }
}

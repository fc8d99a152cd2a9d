namespace Chat.Bench.Proxy;

/// <summary>What becomes of one connection. This one lets everything pass; others override what they harm.</summary>
public class Fault
{
    /// <summary>Whether the connection reaches the server at all; if not, it is reset at once.</summary>
    public virtual bool Accepts => true;

    /// <summary>
    /// Called with all bytes of one direction, in order and one call at a time. What is not given to <paramref name="to"/> is lost.
    /// <see cref="CutException"/> resets both ends.
    /// </summary>
    public virtual ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct) => to.WriteAsync(bytes, ct);
}

/// <summary>The far end of one direction.</summary>
public interface IOutlet
{
    /// <summary>Writes all of it.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct);
}

/// <summary>The connection shall be reset now.</summary>
public sealed class CutException() : Exception("Cut by the proxy.");

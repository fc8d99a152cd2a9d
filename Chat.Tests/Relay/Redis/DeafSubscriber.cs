using System.Text;
using Chat.Tests.Support.Proxy;

namespace Chat.Tests.Relay.Redis;

/// <summary>A connection that subscribes hears nothing any more as soon as this is wanted; all others, and what is said, pass.</summary>
internal sealed class DeafSubscriber(Func<bool> isDeaf) : Fault
{
    private volatile bool _subscribes;

    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (direction is Direction.Up)
            _subscribes |= Encoding.Latin1.GetString(bytes.Span).Contains("SSUBSCRIBE", StringComparison.OrdinalIgnoreCase);
        return direction is Direction.Down && _subscribes && isDeaf() ? ValueTask.CompletedTask : to.WriteAsync(bytes, ct);
    }
}

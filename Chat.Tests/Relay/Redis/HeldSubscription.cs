using System.Text;
using Chat.Tests.Support.Proxy;

namespace Chat.Tests.Relay.Redis;

/// <summary>What a node says to subscribe to a room, and all it says after that on this connection, waits; what comes to it passes.</summary>
internal sealed class HeldSubscription(Task released) : Fault
{
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (direction is Direction.Up && Encoding.Latin1.GetString(bytes.Span).Contains("SUBSCRIBE\r\n", StringComparison.OrdinalIgnoreCase)
            && Encoding.Latin1.GetString(bytes.Span).Contains("chat:room:", StringComparison.Ordinal))
        {
            await released.WaitAsync(ct);
        }
        await to.WriteAsync(bytes, ct);
    }
}

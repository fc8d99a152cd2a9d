using Chat.Client;
using Chat.Tests.Support;

namespace Chat.Tests.Faults;

/// <summary>A network that stalls, swallows and crawls, and tells nobody.</summary>
[TimeLimit(240)]
public sealed class DeafNetworkTests : NetworkTests
{
    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Stalled_at_random_bytes_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, random => new Stall(random, 20_000, TimeSpan.FromSeconds(3)), proxy => proxy.Counts.Connections >= 20);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Swallowed_from_a_random_byte_on_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, Swallowing, proxy => proxy.Counts.Connections >= 20 && proxy.Counts.LostBytes > 0);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Throttled_and_delayed_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, _ => new Both(new Throttle(20_000), new Delay(TimeSpan.FromMilliseconds(30))), proxy => proxy.Counts.Connections >= 2);

    /// <summary>Some connections lose one direction, some the other, some both.</summary>
    private static Swallow Swallowing(Random random) =>
        new(random, random.Next(3) switch { 0 => Direction.Up, 1 => Direction.Down, _ => null }, afterAtMost: 30_000);
}

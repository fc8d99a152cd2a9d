using Chat.Client;
using Chat.Tests.Support;

namespace Chat.Tests.Faults;

/// <summary>A network that cuts connections in the middle of what they carry.</summary>
[TimeLimit(240)]
public sealed class CutTests : NetworkTests
{
    private static readonly int s_cuts = LongForm.Of(60, instead: 200);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Cut_at_random_bytes_again_and_again_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, random => new CutAfterBytes(random, 500, 12_000),
            proxy => proxy.Counts.CutsInTraffic >= s_cuts);
}

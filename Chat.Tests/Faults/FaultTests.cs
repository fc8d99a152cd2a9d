using Chat.Client;

namespace Chat.Tests.Faults;

/// <summary>What fault tests share. Those of its collection measure times: they run one at a time, when nothing else does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultTests
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Faults";

    /// <summary>The three transports, for theories.</summary>
    public static TheoryData<TransportKind> Transports =>
        [TransportKind.WebSockets, TransportKind.ServerSentEvents, TransportKind.LongPolling];
}

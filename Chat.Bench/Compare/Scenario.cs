using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>Something that all contestants do alike: messages to everybody in a room, or nothing at all.</summary>
/// <param name="Id">For <c>--scenarios</c>, and for goals.</param>
/// <param name="What">For people.</param>
/// <param name="Nodes">Nodes; with more than one only those take part that have them.</param>
/// <param name="Receivers">Who receive.</param>
/// <param name="Rate">Messages a second; null: as fast as it goes.</param>
/// <param name="Idle">No messages at all.</param>
/// <param name="SlowReaders">With two more who hardly read, and are not counted.</param>
/// <param name="Resume">Everybody comes back at once; this server alone.</param>
/// <param name="Transport">How messages come to who receives; only those take part that have it. Senders have WebSockets.</param>
public sealed record Scenario(
    string Id, string What, int Nodes, int Receivers, int? Rate, bool Idle = false, bool SlowReaders = false, bool Resume = false,
    TransportKind Transport = TransportKind.WebSockets)
{
    /// <summary>All, in the order in which they run.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("a500-fast", "a room of 500, as fast as it goes", 1, 500, null),
        new("a500-50", "a room of 500, 50 messages a second", 1, 500, 50),
        new("f500-50", "the same, with one reader who has stopped and one who reads 1 KB a second", 1, 500, 50, SlowReaders: true),
        new("a2000-fast", "a room of 2,000, as fast as it goes", 1, 2_000, null),
        new("a2000-50", "a room of 2,000, 50 messages a second", 1, 2_000, 50),
        new("sse500-fast", "a room of 500 with event streams, as fast as it goes", 1, 500, null, Transport: TransportKind.ServerSentEvents),
        new("sse500-50", "a room of 500 with event streams, 50 messages a second", 1, 500, 50, Transport: TransportKind.ServerSentEvents),
        new("poll500-fast", "a room of 500 who poll, as fast as it goes", 1, 500, null, Transport: TransportKind.LongPolling),
        new("poll500-50", "a room of 500 who poll, 50 messages a second", 1, 500, 50, Transport: TransportKind.LongPolling),
        new("c2-fast", "a room of 500 over two nodes, as fast as it goes", 2, 500, null),
        new("c3-fast", "a room of 500 over three nodes, as fast as it goes", 3, 500, null),
        new("e5000", "all 5,000 of a room lose their connection, miss 200 messages and resume at once", 1, 5_000, null, Resume: true),
        new("d5000", "5,000 who are connected and do nothing", 1, 5_000, null, Idle: true),
    ];

    /// <summary>What this server's processor time shall be at most, as a ratio to that contestant's; null: nothing was promised.</summary>
    public double? Goal(string contestant) => (Id, contestant) switch
    {
        ("a500-fast", "signalr-redis") => 0.2,
        ("a500-fast", "socket.io-redis") => 0.15,
        ("a500-fast", "ws") => 0.2,
        ("a500-fast", "nchan") => 0.5,
        ("a500-fast", "send-loop") => 0.35,
        ("a500-50", "signalr-redis" or "socket.io-redis") => 0.7,
        ("a500-50", "ws") => 0.9,
        ("a500-50", "nchan") => 1.2,
        ("a500-50", "send-loop") => 1.7,
        ("c3-fast", "signalr-redis") => 0.25,
        ("c3-fast", "socket.io-redis") => 0.2,
        ("c3-fast", "nchan-redis") => 0.7,
        _ => null,
    };
}

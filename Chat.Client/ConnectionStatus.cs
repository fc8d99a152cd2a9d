using Chat.Contracts;

namespace Chat.Client;

/// <summary>Where a connection is in its life.</summary>
public enum ConnectionState
{
    /// <summary>Not started, or stopped.</summary>
    Stopped,

    /// <summary>Trying; sends wait in the outbox.</summary>
    Connecting,

    /// <summary>Synchronized; events flow.</summary>
    Connected,

    /// <summary>The server refused for good (credentials, say); it will not be tried again.</summary>
    Failed,
}

/// <summary>The connection as of one moment.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Transport">What it runs on, or tries; null before the first try.</param>
/// <param name="Reason">Why it last changed, for people.</param>
/// <param name="Attempt">Tries since the last time it was connected.</param>
/// <param name="RoundTrip">The last measured call; null if there was none.</param>
public sealed record ConnectionStatus(ConnectionState State, TransportKind? Transport, string Reason, int Attempt, TimeSpan? RoundTrip)
{
    /// <summary>Why it failed for good, when <see cref="State"/> is <see cref="ConnectionState.Failed"/>; else null.</summary>
    public ChatException? Refusal { get; init; }
}

using Chat.Client.Transports;

namespace Chat.Client;

/// <summary>One transport, really used: opened, synchronized, measured.</summary>
public static class TransportProbe
{
    /// <summary>
    /// Opens the transport, calls <c>Sync</c>, closes it. Bounded by <see cref="ChatOptions.StartTimeout"/> and about a second for the closing.
    /// Throws only when cancelled.
    /// </summary>
    public static async Task<TransportReport> TryAsync(ChatOptions options, TransportKind kind, CancellationToken ct = default)
    {
        var connector = new Connector(options, feed: null);
        var attempt = await connector.TryAsync(kind, ct);
        if (attempt is Attempt.Again)
            attempt = await connector.TryAsync(kind, ct);
        if (attempt is not Attempt.Opened opened)
            return new TransportReport(kind, false, null, null, attempt.Reason);
        await using var session = opened.Session;
        return new TransportReport(kind, true, opened.Start, session.RoundTrip, "Works.");
    }
}

/// <summary>What became of a try.</summary>
/// <param name="Transport">What was tried.</param>
/// <param name="Works">Whether the server answered a call over it.</param>
/// <param name="Opened">How long it took to open, negotiation included; null if it does not work.</param>
/// <param name="RoundTrip">How long the first call took; null if it does not work.</param>
/// <param name="Detail">What happened, for people.</param>
public sealed record TransportReport(TransportKind Transport, bool Works, TimeSpan? Opened, TimeSpan? RoundTrip, string Detail);

namespace Chat.Client;

/// <summary>One transport, really used: opened, synchronized, measured.</summary>
public static class TransportProbe
{
    /// <summary>Opens the transport, calls <c>Sync</c>, closes it. Throws only when cancelled.</summary>
    public static Task<TransportReport> TryAsync(ChatOptions options, TransportKind kind, CancellationToken ct = default) =>
        throw new NotImplementedException();
}

/// <summary>What became of a try.</summary>
/// <param name="Transport">What was tried.</param>
/// <param name="Works">Whether the server answered a call over it.</param>
/// <param name="Opened">How long it took to open; null if it did not.</param>
/// <param name="RoundTrip">How long the first call took; null if it was not answered.</param>
/// <param name="Detail">What happened, for people.</param>
public sealed record TransportReport(TransportKind Transport, bool Works, TimeSpan? Opened, TimeSpan? RoundTrip, string Detail);

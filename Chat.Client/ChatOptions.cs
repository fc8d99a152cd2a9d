using System.Collections.Immutable;
using Chat.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Client;

/// <summary>How a client reaches the relay.</summary>
public enum TransportKind
{
    /// <summary>One connection, both ways.</summary>
    WebSockets,

    /// <summary>Server-Sent Events down, POST up.</summary>
    ServerSentEvents,

    /// <summary>A request that waits, again and again; POST up.</summary>
    LongPolling,
}

/// <summary>What a <see cref="ChatConnection"/> needs to know. Immutable; change a copy with <c>with</c>.</summary>
public sealed record ChatOptions
{
    /// <summary>The server's root, such as <c>http://localhost:5000</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>
    /// Gives a valid access token, asked before each request that needs one. See <see cref="AccountTokens"/> for one that refreshes.
    /// </summary>
    public required Func<CancellationToken, ValueTask<string?>> AccessToken { get; init; }

    /// <summary>
    /// Gives a new access token after the server has refused the one from <see cref="AccessToken"/>; asked at most once per refusal.
    /// Null, the default, asks <see cref="AccessToken"/> again.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? RefreshAccessToken { get; init; }

    /// <summary>Only this transport; null, the default, for the best one that works.</summary>
    public TransportKind? Transport { get; init; }

    /// <summary>
    /// A file that keeps unsent messages, so that they survive the process; null, the default, keeps them in memory.
    /// One process at a time: the file is locked.
    /// </summary>
    public string? OutboxFile { get; init; }

    /// <summary>A file that remembers which transport works for which server; null, the default, remembers while the process lives.</summary>
    public string? TransportFile { get; init; }

    /// <summary>
    /// The last number applied in each room, from an earlier run. With none at all every room starts at its head; with some, a room that is
    /// not named counts as new and starts with the event that made me a member.
    /// </summary>
    public ImmutableDictionary<string, long> Cursors { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>
    /// The generation of the event at each of these <see cref="Cursors"/>, as far as it is known. By it the server
    /// notices that its database went back in time, also where the numbers have grown past the cursors again. See
    /// <see cref="ChatConnection.Generations"/>.
    /// </summary>
    public ImmutableDictionary<string, string> Generations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Most unsent messages; one more is refused with <c>unavailable</c>. Default 10,000.</summary>
    public int OutboxCapacity { get; init; } = 10_000;

    /// <summary>How long a transport may take from its start to the answer of the first call before the next one is tried. Default 3 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the server may be silent before the connection counts as dead; it pings every 5 s. Default 15 s.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one call may take before the connection counts as dead. Default 10 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait between two tries to connect; each wait is random between 0 and a bound that doubles up to this. Default 30 s.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a client on a lower transport tries a higher one. Default 60 s.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock; tests bring their own.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go. Never tokens or bodies.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Which certificates count as the server's. Default: those that the system trusts.</summary>
    public CertificateTrust Trust { get; init; } = new();

    /// <summary>
    /// The most bytes of one answer, and of one message in a stream. A larger one ends the connection. Default: 32 MiB,
    /// about thirty times the most that a server sends at once.
    /// </summary>
    public int MaxAnswerBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Wraps or replaces the HTTP handler, as for a proxy. A handler that it opens by itself does not use
    /// <see cref="Trust"/>. It must not follow redirects, because the token would go along.
    /// </summary>
    public Func<HttpMessageHandler, HttpMessageHandler>? HttpHandler { get; init; }
}

namespace Chat.Contracts;

/// <summary>
/// The answer of <c>GET /api/server</c>, for which nobody has to sign in. A server that answers 404 is older and has no
/// features.
/// </summary>
/// <param name="Name">The server's name, for people.</param>
/// <param name="Accent">Its colour as <c>#rrggbb</c>; null if none is configured.</param>
/// <param name="Version">The program's version, for people.</param>
/// <param name="Features">The <see cref="Contracts.Features"/> that every node has.</param>
/// <param name="Limits">The limits that a client can check before it calls.</param>
/// <param name="Registration"><c>open</c>, <c>invite</c> or <c>closed</c>.</param>
/// <param name="Guests">Whether a name alone is enough to take part.</param>
/// <param name="Providers">Names of the OpenID Connect providers by which people can sign in.</param>
public sealed record ServerInfo(
    string Name, string? Accent, string Version, IReadOnlyList<string> Features, ServerLimits Limits,
    string Registration, bool Guests,
    IReadOnlyList<string> Providers)
{
    /// <summary>The path of the endpoint.</summary>
    public const string Path = "/api/server";
}

/// <summary>Limits of one server.</summary>
/// <param name="BodyBytes">Most bytes of UTF-8 in a message body.</param>
/// <param name="BatchMessages">Most messages in one <c>Send</c>.</param>
/// <param name="PageSize">Most entries of a page.</param>
/// <param name="SendRate">Messages a second that one person may send for as long as they like.</param>
/// <param name="SendBurst">Messages that one person may send at once after a rest.</param>
public sealed record ServerLimits(int BodyBytes, int BatchMessages, int PageSize, int SendRate, int SendBurst);

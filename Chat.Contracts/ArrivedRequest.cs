namespace Chat.Contracts;

/// <summary>
/// The answer of <c>GET /api/request</c>: how this very request arrived at the server, so that a client can compare it with how it was sent and
/// know what the proxies on the way have made of it.
/// </summary>
/// <param name="Protocol">The HTTP version of the last hop, such as <c>HTTP/1.1</c>.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the server takes it.</param>
/// <param name="Host">Host and port, as the server takes them.</param>
/// <param name="Upgrade">What the request asked to upgrade to; null if nothing arrived of it.</param>
/// <param name="Via">The proxies that named themselves.</param>
/// <param name="Forwarded">The names of the headers that arrived by which proxies tell of the client.</param>
public sealed record ArrivedRequest(string Protocol, string Scheme, string Host, string? Upgrade, string? Via, IReadOnlyList<string> Forwarded)
{
    /// <summary>Where to ask.</summary>
    public const string Path = "/api/request";
}

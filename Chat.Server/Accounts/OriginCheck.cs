using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>Scheme, host and port of a page (RFC 6454).</summary>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    /// <summary>Null where the text is not an origin of the web; <c>null</c>, as sandboxed pages send it, is none.</summary>
    public static Origin? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/"
            ? new Origin(uri!.Scheme, uri.IdnHost, uri.Port)
            : null;
}

/// <summary>
/// Whether a request comes from a page of ours. A browser sends the cookie along for whoever asks; the only thing that tells a
/// foreign page from ours is the <c>Origin</c> header. CORS does not cover WebSockets at all. Thread-safe.
/// </summary>
public sealed class OriginCheck(IOptions<AccountOptions> options)
{
    private readonly HashSet<Origin> _allowed = [.. options.Value.Origins.Select(Origin.Parse).OfType<Origin>()];

    /// <summary>
    /// True in three cases: the <c>Origin</c> is the request's own scheme, host and port; <c>Chat:Accounts:Origins</c>
    /// lists it; or the browser says that the page is of the same origin (<c>Sec-Fetch-Site</c>, W3C Fetch Metadata: no
    /// page can set it). The last case also holds behind a proxy that passes another host or scheme on. A request
    /// without an <c>Origin</c> comes from no foreign page, unless <c>Sec-Fetch-Site</c> says that it does.
    /// </summary>
    public bool Allows(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site == "same-origin") return true;
        // A browser says "none" if the person acted without a page, for example by sending a form again.
        if (!request.Headers.TryGetValue("Origin", out var header)) return site.Count == 0 || site == "none";
        return Origin.Parse(header) is { } origin
            && (origin == Origin.Parse($"{request.Scheme}://{request.Host}") || _allowed.Contains(origin));
    }

    /// <summary>Whether the request changes something or opens a socket, so that its origin matters where a cookie authenticates.</summary>
    public static bool Matters(HttpRequest request) =>
        request.Headers.ContainsKey("Upgrade")
        || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
}

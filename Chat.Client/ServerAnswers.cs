using System.Net;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The rules for the answers that a client accepts from its server, the same for every request of every client.
/// </summary>
public static class ServerAnswers
{
    /// <summary>
    /// The code of a refusal when the server's address redirects to another one permanently. The client makes it; no
    /// server sends it. The client sent nothing to the other address.
    /// </summary>
    public const string RedirectedCode = "redirected";

    /// <summary>The most bytes of an answer to a call on accounts.</summary>
    internal const int MostAccountBytes = 1024 * 1024;

    /// <summary>
    /// Whether an address is on the server: same scheme (http for ws), host and port. The client sends its token to
    /// such addresses only.
    /// </summary>
    internal static bool IsOn(Uri server, Uri? address) =>
        address is not null && Http(address.Scheme) == server.Scheme && IsHostOf(server, address)
            && address.Port == server.Port;

    /// <summary>Whether it is the same host, whatever the scheme and port.</summary>
    internal static bool IsHostOf(Uri server, Uri address) =>
        address.IdnHost.Equals(server.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The refusal for a redirect; null for any other answer. A temporary redirect may lead to a network's sign-in
    /// page, so the client may try again. A permanent one needs a person's decision.
    /// </summary>
    internal static ChatException? Redirect(Uri server, HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode is not (>= 300 and < 400) || answer.StatusCode == HttpStatusCode.NotModified)
            return null;
        var to = answer.Headers.Location is { } location ? new Uri(server, location).GetLeftPart(UriPartial.Authority)
            : "nowhere";
        return answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.PermanentRedirect
            ? new ChatException(RedirectedCode,
                $"{server.Authority} redirects to {to}. Nothing was sent there. If that is the server's address, "
                    + "use it.")
            : new ChatException(ErrorCodes.Unavailable,
                $"{server.Authority} redirects to {to}. Nothing was sent there. A network's sign-in page may be in the "
                    + "way.");
    }

    /// <summary>The refusal for an answer that is too large to be a chat server's.</summary>
    internal static ChatException TooLarge(Uri server, long most, Exception? inner = null) =>
        new(ErrorCodes.Unavailable,
            $"{server.Authority} answered more than {most / 1024} KiB at once. No chat server does that.",
            inner);

    private static string Http(string scheme) => scheme switch
    {
        "ws" => Uri.UriSchemeHttp,
        "wss" => Uri.UriSchemeHttps,
        _ => scheme,
    };
}

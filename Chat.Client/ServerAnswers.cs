using System.Net;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>What a client takes from its server and from nobody else: the same rules for every request of every
/// client.</summary>
public static class ServerAnswers
{
    /// <summary>
    /// The code of a refusal where the address given leads to another one for good. It is the client's own: no server
    /// sends it. Nothing that was sent went there.
    /// </summary>
    public const string RedirectedCode = "redirected";

    /// <summary>The largest answer to a call on accounts.</summary>
    internal const int MostAccountBytes = 1024 * 1024;

    /// <summary>Whether an address is on the server: same scheme (http for ws), host and port. Only there the token is
    /// sent.</summary>
    internal static bool IsOn(Uri server, Uri? address) =>
        address is not null && Http(address.Scheme) == server.Scheme && IsHostOf(server, address)
            && address.Port == server.Port;

    /// <summary>Whether it is the same host, whatever the scheme and port.</summary>
    internal static bool IsHostOf(Uri server, Uri address) =>
        address.IdnHost.Equals(server.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A redirect, as the refusal that it is; null for any other answer. One that says "for now" may be a network's
    /// sign-in page, so it may be tried again; one that says "for good" is for the person.
    /// </summary>
    internal static ChatException? Redirect(Uri server, HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode is not (>= 300 and < 400) || answer.StatusCode == HttpStatusCode.NotModified)
            return null;
        var to = answer.Headers.Location is { } location ? new Uri(server, location).GetLeftPart(UriPartial.Authority)
            : "nowhere";
        return answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.PermanentRedirect
            ? new ChatException(RedirectedCode,
                $"{server.Authority} leads to {to}, where nothing was sent. If that is the server's address, use it.")
            : new ChatException(ErrorCodes.Unavailable,
                $"{server.Authority} leads to {to}, where nothing was sent. A network's sign-in page may be in the "
                    + "way.");
    }

    /// <summary>An answer that is too large to be a chat server's.</summary>
    internal static ChatException TooLarge(Uri server, long most, Exception? inner = null) =>
        new(ErrorCodes.Unavailable,
            $"{server.Authority} answered more than {most / 1024} KiB at once: that is no chat server's answer.",
            inner);

    private static string Http(string scheme) => scheme switch
    {
        "ws" => Uri.UriSchemeHttp,
        "wss" => Uri.UriSchemeHttps,
        _ => scheme,
    };
}

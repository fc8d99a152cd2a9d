using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Client;

/// <summary>Reads what the server or the network meant from the exceptions of the SignalR client.</summary>
internal static partial class Refusal
{
    /// <summary>What a failed call says: the server's code, or <c>unavailable</c> for an error without one.</summary>
    public static ChatException Of(HubException e)
    {
        var match = Coded().Match(e.Message);
        return match.Success
            ? new ChatException(match.Groups[1].Value, match.Groups[2].Value, e)
            : new ChatException(ErrorCodes.Unavailable, e.Message, e);
    }

    /// <summary>What a failed start says about credentials or the request, if it says something; else null.</summary>
    public static ChatException? OfStart(Exception e)
    {
        if (OfCertificate(e) is { } untrusted)
            return untrusted;
        foreach (var inner in Chain(e))
        {
            switch (inner)
            {
                case ChatException chat:
                    return chat;
                case HubException hub when Coded().IsMatch(hub.Message):
                    return Of(hub);
                case HttpRequestException { StatusCode: { } status }:
                    return OfStatus(status, e);
            }
        }

        return null;
    }

    /// <summary>That the server's certificate is not trusted, if that is why; else null.</summary>
    public static ChatException? OfCertificate(Exception e) => Chain(e).OfType<ChatException>().FirstOrDefault(x => x.Code == CertificateTrust.ErrorCode);

    /// <summary>Whether nobody was there to answer.</summary>
    public static bool IsUnreachable(Exception e) => Chain(e).Any(x =>
        x is SocketException
        {
            SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.NoData
        }
        or HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError });

    /// <summary>The innermost message, which is the one that says what happened.</summary>
    public static string Reason(Exception e)
    {
        var text = Chain(e).Last().Message.ReplaceLineEndings(" ");
        return text.EndsWith('.') ? text : text + ".";
    }

    /// <summary>
    /// Whether a text can be a code: 1 to 64 lower-case letters and underscores. Programs compare codes, and people see
    /// them.
    /// </summary>
    public static bool IsCode(string? text) =>
        text is { Length: > 0 and <= 64 } && text.All(c => c is (>= 'a' and <= 'z') or '_');

    /// <summary>The error code for an HTTP status without a problem document.</summary>
    public static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => ErrorCodes.Unauthenticated,
        HttpStatusCode.Forbidden => ErrorCodes.Forbidden,
        HttpStatusCode.NotFound => ErrorCodes.NotFound,
        HttpStatusCode.RequestEntityTooLarge => ErrorCodes.TooLarge,
        HttpStatusCode.TooManyRequests => ErrorCodes.RateLimited,
        HttpStatusCode.RequestTimeout => ErrorCodes.Unavailable,
        >= HttpStatusCode.InternalServerError => ErrorCodes.Unavailable,
        _ => ErrorCodes.Invalid,
    };

    private static ChatException OfStatus(HttpStatusCode status, Exception e) =>
        new(CodeOf(status), $"The server answered {(int)status} {status}.", e);

    private static IEnumerable<Exception> Chain(Exception e)
    {
        yield return e;
        var inner = e is AggregateException many ? many.InnerExceptions : e.InnerException is { } one ? [one] : (IEnumerable<Exception>)[];
        foreach (var next in inner.SelectMany(Chain))
            yield return next;
    }

    [GeneratedRegex("HubException: ([a-z_]+): (.*)", RegexOptions.Singleline)]
    private static partial Regex Coded();
}

using System.Net.Sockets;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>
/// Chooses the refusal for an exception that nobody foresaw. A client repeats a call that is <c>unavailable</c> until
/// it is answered, so that code is for faults that pass. A call that fails by itself would fail each time and block the
/// calls behind it, so it is <c>invalid</c>.
/// </summary>
internal static class Faults
{
    /// <summary>Hub methods and requests that a client needs to go on: a fault never refuses them for good.</summary>
    private static readonly string[] s_needed = [nameof(IChatHub.Sync), nameof(IChatHub.History)];

    /// <summary>The refusal for a fault in a hub method.</summary>
    public static ChatException OfHub(string method, Exception error) =>
        s_needed.Contains(method, StringComparer.OrdinalIgnoreCase) ? Passing(error) : Of(error);

    /// <summary>The refusal for a fault in a request over HTTP.</summary>
    public static ChatException OfRequest(PathString path, Exception error) =>
        path.StartsWithSegments(Wire.HubPath) || path.StartsWithSegments("/api/account/refresh") ? Passing(error)
            : Of(error);

    /// <summary>The refusal for a fault in a write.</summary>
    public static ChatException Of(Exception error) => error switch
    {
        ChatException refusal => refusal,
        _ when DatabaseErrors.IsFrom(error) =>
            new ChatException(ErrorCodes.Unavailable, "the server cannot store or read now", error),
        TimeoutException or IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or OutOfMemoryException => Passing(error),
        _ => new ChatException(ErrorCodes.Invalid,
            "the server failed at this and would fail again; its log says why", error),
    };

    private static ChatException Passing(Exception error) =>
        error as ChatException
            ?? new ChatException(ErrorCodes.Unavailable, "the server failed; its log says why", error);
}

using Chat.Contracts;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Limits the calls and requests of one user (<c>Chat:Limits:CallRate</c>), over all connections to this node.
/// Thread-safe.
/// </summary>
public sealed class RequestRates(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>
    /// A call over long polling takes a request that asks and a poll that answers, and each event from others may end a
    /// poll. A client has one poll under way, so the line's round trip bounds them; no person comes near four times the
    /// calls.
    /// </summary>
    private const int RequestsOfACall = 4;

    private readonly TokenBuckets _calls = new("calls", limits.Value.CallRate, limits.Value.CallBurst, time);

    private readonly TokenBuckets _requests = new(
        "requests", RequestsOfACall * limits.Value.CallRate, RequestsOfACall * limits.Value.CallBurst, time);

    /// <summary>Counts a call over the hub.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => _calls.Take(userId, 1);

    /// <summary>Counts a request of a user who is signed in, before anything is read for it.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Request(Endpoint? endpoint, string userId)
    {
        if (endpoint?.Metadata.GetMetadata<CountedInside>() is null)
            Call(userId);
        else
            _requests.Take(userId, 1);
    }
}

/// <summary>
/// Marks an endpoint that limits its work by other rates. A user may make several times as many requests to it as
/// calls.
/// </summary>
internal sealed class CountedInside;

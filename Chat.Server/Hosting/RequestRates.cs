using Chat.Contracts;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Limits the calls, requests and new connections of one user (<c>Chat:Limits:CallRate</c>,
/// <c>Chat:Limits:ConnectsPerMinute</c>), over all connections to this node. Thread-safe.
/// </summary>
public sealed class RequestRates(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>
    /// A call over long polling takes a request that asks and a poll that answers, and each event from others may end a
    /// poll. A client has one poll under way, so the line's round trip bounds them; no person comes near four times the
    /// calls.
    /// </summary>
    private const int RequestsOfACall = 4;

    /// <summary>The new connections that a malformed message counts as.</summary>
    private const int ConnectsOfMalformed = 4;

    private readonly TokenBuckets _calls = new("calls", limits.Value.CallRate, limits.Value.CallBurst, time);

    private readonly TokenBuckets _requests = new(
        "requests", RequestsOfACall * limits.Value.CallRate, RequestsOfACall * limits.Value.CallBurst, time);

    // As many at once as may be open. Each costs a negotiation, and the cap on open ones does not see those that end
    // at once.
    private readonly TokenBuckets _connects = new("new connections", limits.Value.ConnectsPerMinute,
        Math.Min(limits.Value.ConnectsPerMinute, limits.Value.Connections), time, "minute");

    /// <summary>Counts a call over the hub.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => _calls.Take(userId, 1);

    /// <summary>
    /// Counts a request of a user who is signed in, before anything is read for it. Returns the refusal,
    /// <c>rate_limited</c>, or null. It throws none, because in a flood that would cost the server more than all else.
    /// </summary>
    public ChatException? Refusal(HttpContext http, string userId)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var requests = metadata?.GetMetadata<CountedInside>() is null ? _calls : _requests;
        return requests.Refusal(userId, 1)
            ?? (metadata?.GetMetadata<BeginsConnections>()?.With(http) is true ? _connects.Refusal(userId, 1) : null);
    }

    /// <summary>
    /// Counts a malformed message, which ends its hub connection, as several new connections. Otherwise a client that
    /// connects only to send one would cost the server more than any other.
    /// </summary>
    public void Malformed(string userId) => _connects.Charge(userId, ConnectsOfMalformed);
}

/// <summary>
/// Marks an endpoint that limits its work by other rates. A user may make several times as many requests to it as
/// calls.
/// </summary>
internal sealed class CountedInside;

/// <summary>Marks an endpoint at which hub connections begin, which have a rate of their own.</summary>
/// <param name="With">Whether one begins with this request.</param>
internal sealed record BeginsConnections(Func<HttpContext, bool> With);

using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

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
    /// Counts a request of the sign-in that the token or cookie names, before the database is asked whether it is
    /// live. An ended one takes nothing from its account: the user's rates are only looked at. Returns the refusal,
    /// <c>rate_limited</c>, or null. An exception for each request of a flood would cost the server more than
    /// everything else about it, so this throws nothing.
    /// </summary>
    public ChatException? AskedBySignIn(HttpContext http, string signInId, string userId) =>
        Of(http).RefuseIfShort(userId, 1) ?? Of(http).TakeOrRefuse(signInId, 1)
            ?? (BeginsConnection(http) ? _connects.RefuseIfShort(userId, 1) : null);

    /// <summary>
    /// Counts a request of the user, and the new hub connection if it begins one. Called once the sign-in is known to
    /// be live. Returns the refusal, <c>rate_limited</c>, or null.
    /// </summary>
    public ChatException? AskedByUser(HttpContext http, string userId) =>
        Of(http).TakeOrRefuse(userId, 1) ?? (BeginsConnection(http) ? _connects.TakeOrRefuse(userId, 1) : null);

    /// <summary>The buckets of a request. Ids of users and of sign-ins are random, so both may be keys.</summary>
    private TokenBuckets Of(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<CountedInside>() is null ? _calls : _requests;

    /// <summary>
    /// Counts a malformed message, which ends its hub connection, as several new connections. Otherwise a client that
    /// connects only to send one would cost the server more than any other.
    /// </summary>
    public void ChargeMalformed(string userId) => _connects.Charge(userId, ConnectsOfMalformed);

    /// <summary>
    /// A connection begins with a negotiation, or with a WebSocket that has not been negotiated. SignalR takes an empty
    /// id for none. Paths do not tell: routing ignores a slash at the end.
    /// </summary>
    private static bool BeginsConnection(HttpContext http) =>
        http.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<HubMetadata>() is not null && (metadata.GetMetadata<NegotiateMetadata>() is not null
            || (http.WebSockets.IsWebSocketRequest && StringValues.IsNullOrEmpty(http.Request.Query["id"])));
}

/// <summary>
/// Marks an endpoint that limits its work by other rates. A user may make several times as many requests to it as
/// calls.
/// </summary>
internal sealed class CountedInside;

using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Extensions;

namespace Chat.Server.Cluster;

/// <summary>
/// Answers a negotiation with SignalR's own redirect: to the hub's address with a node in the query, which clients then send along with every request
/// of the connection. It brings no access token, which would replace the client's own.
/// </summary>
internal static class HubRedirect
{
    /// <summary>The query's parameter.</summary>
    public const string Node = "node";

    /// <summary>
    /// Whether the server knows the scheme and host that the client used. If a proxy ends https and does not say so,
    /// the request looks like plain http. A redirect to http would make the client send its token in the clear.
    /// </summary>
    public static bool IsSafe(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0)
            // Otherwise a proxy has put another host or scheme in place.
            return origin == $"{Scheme(request)}://{request.Host}";
        return Scheme(request) == Uri.UriSchemeHttps || request.Headers.ContainsKey("X-Forwarded-Proto")
            || request.Headers.ContainsKey("X-Original-Proto"); // where a trusted proxy's header was taken
    }

    /// <summary>Sends the client to a node, through whatever balancer it came by.</summary>
    public static async Task AnswerAsync(HttpContext context, string node)
    {
        var request = context.Request;
        var query = request.Query.Where(q => q.Key is not (Node or "negotiateVersion" or "useStatefulReconnect")).Append(new(Node, node));
        var url = UriHelper.BuildAbsolute(Scheme(request), request.Host, request.PathBase, Wire.HubPath, QueryString.Create(query));
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        NegotiateProtocol.WriteResponse(new NegotiationResponse { Url = url, AvailableTransports = [] }, context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// What the client speaks, also where a proxy in front ends https. The headers are believed whoever sends them: the answer goes to nobody else,
    /// and they can only make it safer.
    /// </summary>
    private static string Scheme(HttpRequest request) =>
        request.Headers["X-Forwarded-Proto"] == Uri.UriSchemeHttps || request.Headers.Origin == $"{Uri.UriSchemeHttps}://{request.Host}"
            ? Uri.UriSchemeHttps
            : request.Scheme;
}

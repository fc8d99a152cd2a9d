using Chat.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Hosting;

/// <summary>
/// Tells a client how its request arrived. Only those who are signed in: what a proxy writes into a request may name machines of the inside, but
/// these few things everybody who debugs a proxy has to know.
/// </summary>
internal static class RequestMirror
{
    private static readonly string[] s_forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"];

    public static void MapRequestMirror(this IEndpointRouteBuilder app) =>
        app.MapGet(ArrivedRequest.Path, See).RequireAuthorization().WithTags("Health").WithName("Request");

    private static Ok<ArrivedRequest> See(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (request, headers) = (http.Request, http.Request.Headers);
        return TypedResults.Ok(new ArrivedRequest(
            request.Protocol, request.Scheme, request.Host.ToString(), OrNull(headers.Upgrade), OrNull(headers.Via),
            [.. s_forwarded.Where(headers.ContainsKey)]));
    }

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

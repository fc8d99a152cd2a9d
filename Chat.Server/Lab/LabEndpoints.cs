using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Transports.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Chat.Server.Lab;

/// <summary><c>/api/lab</c>: for the page alone, and no part of the wire contract.</summary>
internal static class LabEndpoints
{
    /// <summary>Most that is sealed in one call: bytes of JSON.</summary>
    private const int SealBytes = 96 * 1024;

    /// <summary>The most pieces in one call; without a bound, each could be as small as a byte.</summary>
    private const int MostPieces = 1_000;

    public static void MapLabEndpoints(this WebApplication app)
    {
        var lab = app.MapGroup("/api/lab").RequireAuthorization().AddEndpointFilter<RouteGroupBuilder, AnswerLimit>()
            .ExcludeFromDescription();
        lab.MapGet("/taps/{id}", TapAsync);
        lab.MapPost("/tls", SealAsync).WithMetadata(new RequestSizeLimitAttribute(SealBytes));
    }

    /// <summary>The caller's own tap, as all nodes have it. <paramref name="after"/>: <c>NODE:NUMBER</c> for each node that has been heard.</summary>
    private static async Task<Ok<TapAnswer>> TapAsync(HttpContext http, Taps taps, string id, string[]? after, bool? local, CancellationToken cancellation)
    {
        http.Response.Headers.CacheControl = "no-store";
        var here = taps.Read(http.User.ToUser().Id, id, after ?? []);
        var others = local is true ? [] : await OtherNodes.ReadAsync(http, cancellation);
        return TypedResults.Ok(new TapAnswer([here, .. others.OfType<TapPart>()], others.Count(part => part is null)));
    }

    private static async Task<Ok<SealAnswer>> SealAsync(HttpContext http, [FromBody] SealRequest request,
        SealRates rates, CancellationToken cancellation)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (request.Pieces is not { Count: <= MostPieces } pieces || pieces.Any(p => p?.Data is null))
            throw new ChatException(ErrorCodes.Invalid, $"pieces: at most {MostPieces}, each with data");
        rates.Take(http.User.ToUser().Id);
        return TypedResults.Ok(new SealAnswer(await SealedTraffic.SealAsync(pieces.OfType<Passed>(), cancellation)));
    }

    /// <param name="Parts">One for each node that answered, this one first.</param>
    /// <param name="Missing">How many nodes did not.</param>
    internal sealed record TapAnswer(IReadOnlyList<TapPart> Parts, int Missing);

    internal sealed record SealRequest(IReadOnlyList<Passed?>? Pieces);

    internal sealed record SealAnswer(IReadOnlyList<Passed> Pieces);
}

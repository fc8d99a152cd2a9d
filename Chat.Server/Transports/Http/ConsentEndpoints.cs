using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Transports.Http;

/// <summary>Requests, invitations and blocks over plain HTTP. Each endpoint makes one call.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsent(this IEndpointRouteBuilder app)
    {
        var consent = app.MapGroup("/api").RequireAuthorization().AddEndpointFilter<RouteGroupBuilder, AnswerLimit>()
            .WithTags("Consent");
        consent.MapPut("/rooms/{id}/request", AnswerRequestAsync).WithName("AnswerRequest")
            .WithSummary("Accept a direct room, or hide it");
        consent.MapGet("/account/invitations", InvitationsAsync).WithName("Invitations")
            .WithSummary("The rooms that I am invited to");
        consent.MapPut("/account/invitations/{roomId}", AnswerInvitationAsync).WithName("AnswerInvitation")
            .WithSummary("Join a room, or decline");
        consent.MapGet("/account/blocked", BlockedAsync).WithName("Blocked").WithSummary("The people whom I block");
        consent.MapPut("/account/blocked/{userId}", BlockAsync).WithName("Block").WithSummary("Block a person");
        consent.MapDelete("/account/blocked/{userId}", UnblockAsync).WithName("Unblock")
            .WithSummary("Take a block back");
    }

    private static async Task<Results<Ok<Room>, NoContent>> AnswerRequestAsync(HttpContext http, ChatRooms rooms,
        string id, ConsentAnswer answer) =>
        await rooms.AnswerRequestAsync(http.User.ToUser(), id, answer.Accept) is { } room ? TypedResults.Ok(room)
            : TypedResults.NoContent();

    private static async Task<Ok<IReadOnlyList<Invitation>>> InvitationsAsync(HttpContext http, ChatRooms rooms) =>
        TypedResults.Ok(await rooms.InvitationsAsync(http.User.ToUser(), http.RequestAborted));

    private static async Task<Results<Ok<Room>, NoContent>> AnswerInvitationAsync(HttpContext http, ChatRooms rooms,
        string roomId, ConsentAnswer answer) =>
        await rooms.AnswerInvitationAsync(http.User.ToUser(), roomId, answer.Accept) is { } room ? TypedResults.Ok(room)
            : TypedResults.NoContent();

    private static async Task<Ok<IReadOnlyList<UserRef>>> BlockedAsync(HttpContext http, ChatRooms rooms) =>
        TypedResults.Ok(await rooms.BlockedAsync(http.User.ToUser(), http.RequestAborted));

    private static async Task<NoContent> BlockAsync(HttpContext http, ChatRooms rooms, string userId)
    {
        await rooms.BlockAsync(http.User.ToUser(), Rules.UserId(userId));
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> UnblockAsync(HttpContext http, ChatRooms rooms, string userId)
    {
        await rooms.UnblockAsync(http.User.ToUser(), Rules.UserId(userId));
        return TypedResults.NoContent();
    }
}

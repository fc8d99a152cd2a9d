using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Transports.Http;

/// <summary>What is said, over plain HTTP.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var room = app.MapGroup("/api/rooms/{id}").RequireAuthorization().WithMetadata(new CountedInside())
            .WithTags("Messages");
        room.MapPost("/messages", PostAsync).WithName("Post");
        room.MapPut("/messages/{target:long}", EditAsync).WithName("Edit");
        room.MapDelete("/messages/{target:long}", DeleteAsync).WithName("Delete");
        room.MapPost("/messages/{target:long}/reactions", ReactAsync).WithName("React");
    }

    private static async Task<Results<Created<ChatEvent>, Ok<ChatEvent>>> PostAsync(HttpContext http, ChatRooms rooms, string id, NewMessage message)
    {
        var (e, repeated) = await rooms.PostAsync(http.User.ToUser(), id, message);
        return repeated ? TypedResults.Ok(e) : TypedResults.Created($"/api/rooms/{id}/events?after={e.Seq - 1}&limit=1", e);
    }

    private static async Task<Ok<SendResult>> EditAsync(HttpContext http, ChatRooms rooms, string id, long target, NewMessage message) =>
        TypedResults.Ok(await rooms.EditAsync(http.User.ToUser(), id, target, message));

    private static async Task<Ok<SendResult>> DeleteAsync(HttpContext http, ChatRooms rooms, string id, long target, string? clientId) =>
        TypedResults.Ok(await rooms.DeleteAsync(http.User.ToUser(), id, target, clientId));

    private static async Task<Ok<SendResult>> ReactAsync(HttpContext http, ChatRooms rooms, string id, long target, NewMessage reaction) =>
        TypedResults.Ok(await rooms.ReactAsync(http.User.ToUser(), id, target, reaction));
}

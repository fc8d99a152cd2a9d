using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Rooms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Transports.Http;

/// <summary>Rooms and messages over plain HTTP, as docs/protocol.md has them. Each endpoint makes one call.</summary>
internal static class RoomEndpoints
{
    public static void MapRooms(this IEndpointRouteBuilder app)
    {
        var rooms = app.MapGroup("/api/rooms").RequireAuthorization()
            .AddEndpointFilter<RouteGroupBuilder, AnswerLimit>().WithTags("Rooms");
        rooms.MapGet("", MineAsync).WithName("Rooms");
        rooms.MapGet("/public", PublicAsync).WithName("PublicRooms");
        rooms.MapPost("", CreateAsync).WithName("CreateRoom");
        rooms.MapPatch("/{id}", ChangeAsync).WithName("ChangeRoom");
        rooms.MapGet("/{id}/members", MembersAsync).WithName("Members");
        rooms.MapPut("/{id}/members/me", JoinAsync).WithName("Join");
        rooms.MapDelete("/{id}/members/me", LeaveAsync).WithName("Leave");
        rooms.MapPut("/{id}/members/{userName}", InviteAsync).WithName("Invite");
        rooms.MapDelete("/{id}/members/{userName}", RemoveAsync).WithName("Remove");
        // A name of dots cannot be a segment of a path, because clients and servers take it for a step up (RFC 3986,
        // 5.2.4).
        rooms.MapPut("/{id}/members", InviteByQueryAsync).WithName("InviteByName");
        rooms.MapDelete("/{id}/members", RemoveByQueryAsync).WithName("RemoveByName");
        rooms.MapPut("/{id}/read", MarkReadAsync).WithName("MarkRead");
        app.MapPut("/api/direct", OpenDirectByQueryAsync).RequireAuthorization().AddEndpointFilter<AnswerLimit>()
            .WithTags("Rooms").WithName("OpenDirectByName");
        app.MapPut("/api/direct/{userName}", OpenDirectAsync).RequireAuthorization().AddEndpointFilter<AnswerLimit>()
            .WithTags("Rooms").WithName("OpenDirect");
    }

    private static async Task<Ok<RoomList>> MineAsync(HttpContext http, ChatRooms rooms) =>
        TypedResults.Ok(new RoomList(await rooms.MineAsync(http.User.ToUser(), http.RequestAborted)));

    private static async Task<Ok<RoomList>> PublicAsync(HttpContext http, ChatRooms rooms, string? query) =>
        TypedResults.Ok(new RoomList(await rooms.PublicAsync(http.User.ToUser(), query, http.RequestAborted)));

    private static async Task<Created<Room>> CreateAsync(HttpContext http, ChatRooms rooms, NewRoom room)
    {
        var created = await rooms.CreateAsync(http.User.ToUser(), room);
        return TypedResults.Created($"/api/rooms/{created.Id}/events", created);
    }

    private static async Task<Ok<Room>> ChangeAsync(HttpContext http, ChatRooms rooms, string id, RoomChange change) =>
        TypedResults.Ok(await rooms.ChangeAsync(http.User.ToUser(), id, change));

    private static async Task<Ok<Room>> OpenDirectAsync(HttpContext http, ChatRooms rooms, string userName) =>
        TypedResults.Ok(await rooms.OpenDirectAsync(http.User.ToUser(), userName));

    private static async Task<Ok<MemberPage>> MembersAsync(HttpContext http, ChatRooms rooms, string id, string? query,
        string? before, int? limit) =>
        TypedResults.Ok(await rooms.MembersAsync(http.User.ToUser(), id, new MemberQuery(query, before, limit),
            http.RequestAborted));

    private static async Task<Ok<Room>> JoinAsync(HttpContext http, ChatRooms rooms, string id) =>
        TypedResults.Ok(await rooms.JoinAsync(http.User.ToUser(), id));

    private static async Task<NoContent> LeaveAsync(HttpContext http, ChatRooms rooms, string id)
    {
        await rooms.LeaveAsync(http.User.ToUser(), id);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Room>> InviteAsync(HttpContext http, ChatRooms rooms, string id, string userName) =>
        TypedResults.Ok(await rooms.InviteAsync(http.User.ToUser(), id, userName));

    private static async Task<NoContent> RemoveAsync(HttpContext http, ChatRooms rooms, string id, string userName)
    {
        await rooms.RemoveAsync(http.User.ToUser(), id, userName);
        return TypedResults.NoContent();
    }

    private static Task<Ok<Room>> OpenDirectByQueryAsync(HttpContext http, ChatRooms rooms, string name) =>
        OpenDirectAsync(http, rooms, name);

    private static Task<Ok<Room>> InviteByQueryAsync(HttpContext http, ChatRooms rooms, string id, string name) =>
        InviteAsync(http, rooms, id, name);

    private static Task<NoContent> RemoveByQueryAsync(HttpContext http, ChatRooms rooms, string id, string name) =>
        RemoveAsync(http, rooms, id, name);

    private static async Task<NoContent> MarkReadAsync(HttpContext http, ChatRooms rooms, string id, ReadRequest read)
    {
        await rooms.MarkReadAsync(http.User.ToUser(), id, read.Seq, http.RequestAborted);
        return TypedResults.NoContent();
    }
}

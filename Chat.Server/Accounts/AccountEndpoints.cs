using Chat.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Chat.Server.Accounts;

/// <summary><c>/api/account</c>.</summary>
public static class AccountEndpoints
{
    private const int BodyBytes = 16 * 1024;

    /// <summary>Maps the wire contract's section "Accounts".</summary>
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/api/account").WithTags("Accounts").WithMetadata(new RequestSizeLimitAttribute(BodyBytes));
        account.MapPost("/guest", GuestAsync).WithSummary("A new guest: a name is enough");
        account.MapPost("/register", RegisterAsync).WithSummary("A new account with a password");
        account.MapPost("/login", LogInAsync).WithSummary("Sign in with name and password");
        account.MapPost("/refresh", RefreshAsync).WithSummary("New tokens for a refresh token");
        account.MapPost("/logout", LogOutAsync).RequireAuthorization().WithMetadata(new EndsSignIn())
            .WithSummary("End this sign-in");
        account.MapGet("", WhoAmI).RequireAuthorization().WithSummary("Who I am");
    }

    private static async Task<Ok<Session>> GuestAsync(
        [FromBody] GuestRequest request, bool? useCookies, Registration registration, AccountSessions sessions, HttpContext context)
    {
        var signedIn = await registration.GuestAsync(request.Name, context.Connection.RemoteIpAddress, context.RequestAborted);
        return await OpenAsync(signedIn, null, useCookies, sessions, context);
    }

    private static async Task<Ok<Session>> RegisterAsync(
        [FromBody] PasswordRequest request, bool? useCookies, Registration registration, AccountSessions sessions, HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        var signedIn = await registration.MemberAsync(request.Name, request.Password, address, context.RequestAborted);
        return await OpenAsync(signedIn, request.DeviceToken, useCookies, sessions, context);
    }

    private static async Task<Ok<Session>> LogInAsync(
        [FromBody] PasswordRequest request, bool? useCookies, PasswordLogin login, AccountSessions sessions, HttpContext context)
    {
        var signedIn = await login.LogInAsync(request, context.Request, context.RequestAborted);
        return await OpenAsync(signedIn, request.DeviceToken, useCookies, sessions, context);
    }

    private static async Task<Ok<Session>> RefreshAsync([FromBody] RefreshRequest request, AccountSessions sessions, HttpContext context)
    {
        var session = await sessions.RefreshAsync(request.RefreshToken, request.DeviceToken, context);
        return Secret(session, context);
    }

    private static async Task<NoContent> LogOutAsync(AccountSessions sessions, HttpContext context)
    {
        await sessions.CloseAsync(context);
        return TypedResults.NoContent();
    }

    private static Ok<AccountAnswer> WhoAmI(HttpContext context, KnownDevices devices)
    {
        devices.Greet(context);
        return TypedResults.Ok(new AccountAnswer(context.User.ToUser()));
    }

    private static async Task<Ok<Session>> OpenAsync(
        SignedIn signedIn, string? deviceToken, bool? useCookies, AccountSessions sessions, HttpContext context) =>
        Secret(await sessions.OpenAsync(signedIn, deviceToken, useCookies is true, context), context);

    private static Ok<Session> Secret(Session session, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(session);
    }
}

using Chat.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>Who has just proved to be whom, and the sign-in that began with it.</summary>
public sealed record SignedIn(User User, string SignInId);

/// <summary>Turns a sign-in into what its owner carries: a cookie, or an access and a refresh token.</summary>
public sealed class AccountSessions(
    SignIns signIns, SignInRates rates, KnownDevices devices, IOptions<AccountOptions> options,
    IOptionsMonitor<BearerTokenOptions> bearer,
    TimeProvider time)
{
    private const string Bearer = BearerTokenDefaults.AuthenticationScheme;
    private const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>The tokens; with <paramref name="useCookies"/> it sets the cookie and leaves the tokens out.</summary>
    public async Task<Session> OpenAsync(SignedIn signedIn, string? deviceToken, bool useCookies, HttpContext context)
    {
        var (user, signInId) = signedIn;
        if (!useCookies) return Tokens(user, signInId, deviceToken, context.Request);
        var lasting = new AuthenticationProperties { IsPersistent = true };
        HostCookie.ForgetFormer(context);
        await context.SignInAsync(Cookie, ChatClaims.Principal(user, signInId, Cookie), lasting);
        return new Session(user, null, null, null);
    }

    /// <summary>
    /// New tokens for a refresh token, and its sign-in lasts longer. The old refresh token stays good until it expires by itself:
    /// a client that dies before it has written the new one down still has a way in.
    /// </summary>
    /// <exception cref="ChatException">
    /// <c>unauthenticated</c>: forged, expired, or its sign-in is over; <c>rate_limited</c>
    /// </exception>
    public async Task<Session> RefreshAsync(string? refreshToken, string? deviceToken, HttpContext context)
    {
        if (refreshToken is null) throw new ChatException(ErrorCodes.Invalid, "refreshToken: missing");
        var ticket = bearer.Get(Bearer).RefreshTokenProtector.Unprotect(refreshToken);
        if (ticket?.Properties.ExpiresUtc is { } expires && time.GetUtcNow() < expires)
        {
            var signInId = ticket.Principal.SignInId();
            rates.Refresh(signInId);
            if (await signIns.ProlongAsync(signInId, ticket.Principal.AccountId(),
                context.RequestAborted) is { } account)
                return Tokens(account.ToUser(), signInId, deviceToken, context.Request);
        }
        throw new ChatException(ErrorCodes.Unauthenticated, "refreshToken: not valid, or no longer; sign in again");
    }

    /// <summary>Ends the sign-in of this request.</summary>
    public async Task CloseAsync(HttpContext context)
    {
        await signIns.EndAsync(context.User.SignInId(), context.User.AccountId(), context.RequestAborted);
        if (context.User.Identity?.AuthenticationType == Cookie) await context.SignOutAsync(Cookie);
    }

    private Session Tokens(User user, string signInId, string? deviceToken, HttpRequest request)
    {
        var principal = ChatClaims.Principal(user, signInId, Bearer);
        var protectors = bearer.Get(Bearer);
        return new Session(
            user,
            protectors.BearerTokenProtector.Protect(Ticket(options.Value.AccessTokenLifetime)),
            protectors.RefreshTokenProtector.Protect(Ticket(options.Value.SignInLifetime)),
            (int)options.Value.AccessTokenLifetime.TotalSeconds,
            // A guest needs no device token, because there is no password that anybody could guess.
            user.Kind == UserKind.Member ? devices.Remember(request, deviceToken, user.Id) : null);

        AuthenticationTicket Ticket(TimeSpan lifetime) =>
            new(principal, new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + lifetime }, Bearer);
    }
}

using Chat.Contracts;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>How a request says who it is from: a bearer token, or else the cookie.</summary>
internal static class AccountAuthentication
{
    /// <summary>The default scheme: chooses between the two.</summary>
    public const string Scheme = "Chat";

    private const string Bearer = BearerTokenDefaults.AuthenticationScheme;
    private const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void AddAccountAuthentication(this IServiceCollection services)
    {
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, choice =>
            {
                choice.ForwardDefaultSelector = context => HasToken(context.Request) ? Bearer : Cookie;
                // The cookie's handler would answer with a redirect to a login page; there is none.
                choice.ForwardChallenge = Bearer;
                choice.ForwardForbid = Bearer;
            })
            .AddBearerToken(bearer => bearer.Events.OnMessageReceived = message =>
            {
                if (!HasBearerHeader(message.Request)) message.Token = QueryToken(message.Request);
                return Task.CompletedTask;
            })
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = HostCookie.Plain;
                cookie.CookieManager = new HostCookie();
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.SlidingExpiration = true;
                cookie.Events.OnCheckSlidingExpiration = ProlongWithCookieAsync;
                cookie.Events.OnSigningIn = signingIn =>
                {
                    HostCookie.Mark(signingIn.HttpContext, signingIn.Properties);
                    return Task.CompletedTask;
                };
                cookie.Events.OnValidatePrincipal = validated =>
                {
                    if (HostCookie.IsPlanted(validated.HttpContext, validated.Properties)) validated.RejectPrincipal();
                    return Task.CompletedTask;
                };
            });
        services.AddOptions<CookieAuthenticationOptions>(Cookie)
            .Configure<IOptions<AccountOptions>>((cookie, accounts) => cookie.ExpireTimeSpan = accounts.Value.SignInLifetime);
        services.AddAuthorization();
    }

    /// <summary>
    /// Only the hub and the event streams take a token from the query: browsers cannot set headers there. Everywhere else it would
    /// only end up in histories and logs.
    /// </summary>
    private static string? QueryToken(HttpRequest request) =>
        TakesQueryToken(request.Path) && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;

    private static bool TakesQueryToken(PathString path) =>
        path.StartsWithSegments("/hubs")
        || path.Value!.Split('/') is ["", var api, var rooms, _, var events, { Length: > 0 }, ..]
            && Same(api, "api") && Same(rooms, "rooms") && Same(events, "events");

    private static bool Same(string segment, string word) => segment.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool HasToken(HttpRequest request) => HasBearerHeader(request) || QueryToken(request) is not null;

    private static bool HasBearerHeader(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    /// <summary>The cookie and the sign-in behind it last equally long.</summary>
    private static async Task ProlongWithCookieAsync(CookieSlidingExpirationContext context)
    {
        context.ShouldRenew = !HostCookie.IsPlanted(context.HttpContext, context.Properties)
            && (context.ShouldRenew || HostCookie.IsFormer(context.HttpContext))
            && context.Principal?.SignInId() is { } signInId
            && context.HttpContext.RequestServices.GetRequiredService<SignInRates>().MayRenew(signInId);
        if (!context.ShouldRenew) return;
        HostCookie.Mark(context.HttpContext, context.Properties);
        var signIns = context.HttpContext.RequestServices.GetRequiredService<SignIns>();
        context.ShouldRenew = context.Principal is { } principal
            && await signIns.ProlongAsync(principal.SignInId(), principal.AccountId(),
                context.HttpContext.RequestAborted) is not null;
    }
}

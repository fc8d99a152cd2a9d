using System.Security.Claims;
using System.Security.Principal;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Server.Accounts;

/// <summary>
/// After authentication, before authorization: a sign-in that is over authenticates nobody, and a cookie does not act
/// for a foreign page. Requests over a rate are refused here, before the database is asked and without an exception.
/// </summary>
internal sealed class SignInCheck(
    RequestDelegate next, SignIns signIns, OriginCheck origins, RequestRates rates, SignInRates signInRates,
    RefusedCalls refusals)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true } identity
            && await CheckAsync(context, identity) is { } refusal)
            await refusals.AnswerEarlyAsync(context, refusal);
        else
            await next(context);
    }

    private async Task<ChatException?> CheckAsync(HttpContext context, IIdentity identity)
    {
        if (identity.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme
            && !origins.Allows(context.Request))
        {
            if (OriginCheck.Matters(context.Request))
                return new ChatException(ErrorCodes.Forbidden, "Origin: a page from elsewhere may not use the cookie");
            // Otherwise an image of a foreign page would count against the person's rates.
            if (context.Request.Headers.ContainsKey("Sec-Fetch-Site"))
            {
                SetNobody(context);
                return null;
            }
        }
        var (userId, signInId) = (context.User.AccountId(), context.User.SignInId());
        var endsSignIn = context.GetEndpoint()?.Metadata.GetMetadata<EndsSignIn>() is not null;
        var refusal = endsSignIn ? signInRates.CountLogOut(signInId)
            : rates.AskedBySignIn(context, signInId, userId) ?? refusals.RefuseFlood(userId);
        if (refusal is not null)
            return refusal;
        if (await signIns.IsLiveAsync(signInId, userId, context.RequestAborted))
            return endsSignIn ? null : rates.AskedByUser(context, userId);
        SetNobody(context);
        return null;
    }

    private static void SetNobody(HttpContext context) => context.User = new ClaimsPrincipal(new ClaimsIdentity());
}

/// <summary>
/// Marks the endpoint that ends a sign-in. It has a rate of its own for each sign-in, so that a user over every other
/// rate can still sign out.
/// </summary>
internal sealed class EndsSignIn;

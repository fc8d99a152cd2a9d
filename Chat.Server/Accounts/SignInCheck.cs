using System.Security.Claims;
using System.Security.Principal;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Server.Accounts;

/// <summary>
/// After authentication, before authorization: a sign-in that is over authenticates nobody, and a cookie does not act
/// for a foreign page. Requests over a rate are refused here, before anything is read for them and without an
/// exception.
/// </summary>
internal sealed class SignInCheck(
    RequestDelegate next, SignIns signIns, OriginCheck origins, RequestRates rates, RefusedCalls refusals)
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
            && OriginCheck.Matters(context.Request) && !origins.Allows(context.Request))
            return new ChatException(ErrorCodes.Forbidden, "Origin: a page from elsewhere may not use the cookie");
        var userId = context.User.AccountId();
        if ((rates.CountRequest(context, userId) ?? refusals.RefuseFlood(userId)) is { } refusal)
            return refusal;
        if (await signIns.IsLiveAsync(context.User.SignInId(), userId, context.RequestAborted))
            return rates.CountConnection(context, userId);
        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        return null;
    }
}

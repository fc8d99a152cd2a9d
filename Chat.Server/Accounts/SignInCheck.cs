using System.Security.Claims;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Server.Accounts;

/// <summary>
/// After authentication, before authorization: a sign-in that is over authenticates nobody, and a cookie does not act for a
/// foreign page. Each request is counted for its user before the database is asked.
/// </summary>
internal sealed class SignInCheck(
    RequestDelegate next, SignIns signIns, OriginCheck origins, RequestRates rates, RefusedCalls refusals)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true } identity)
        {
            if (rates.Refusal(context, context.User.AccountId()) is { } refusal)
            {
                await refusals.AnswerAsync(context, refusal);
                return;
            }
            if (!await signIns.IsLiveAsync(context.User.SignInId(), context.User.AccountId(), context.RequestAborted))
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
            }
            else if (identity.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme
                && OriginCheck.Matters(context.Request) && !origins.Allows(context.Request))
            {
                throw new ChatException(ErrorCodes.Forbidden, "Origin: a page from elsewhere may not use the cookie");
            }
        }
        await next(context);
    }
}

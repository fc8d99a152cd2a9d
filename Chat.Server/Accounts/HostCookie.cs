using Chat.Server.Cluster;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Server.Accounts;

/// <summary>
/// Chooses the cookie's name. Over https the name begins with <c>__Host-</c>, so that a browser takes the cookie only
/// from this very host. Neither a page of a neighbouring domain nor somebody who answers plain http in the server's
/// place can set it. Over plain http browsers refuse that name. A cookie under the former name counts until it expires;
/// its renewal has the new name.
/// </summary>
internal sealed class HostCookie : ICookieManager
{
    /// <summary>The name over plain http. Earlier versions used it over https, too.</summary>
    public const string Plain = "chat";

    /// <summary>The name over https.</summary>
    public const string Secure = "__Host-chat";

    private readonly ChunkingCookieManager _cookies = new();

    /// <summary>Whether the client still has only the cookie under the former name.</summary>
    public static bool IsFormer(HttpContext context) =>
        IsSecure(context) && !context.Request.Cookies.ContainsKey(Secure) && context.Request.Cookies.ContainsKey(Plain);

    /// <summary>Over https the new name wins, so that a planted cookie under the former one changes nothing.</summary>
    public string? GetRequestCookie(HttpContext context, string key) =>
        (context.Request.IsHttps ? _cookies.GetRequestCookie(context, Secure) : null)
            ?? _cookies.GetRequestCookie(context, Plain);

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
    {
        var secure = IsSecure(context);
        if (secure)
            // The name's prefix demands these attributes (RFC 6265bis, 4.1.3.2).
            (options.Secure, options.Path, options.Domain) = (true, "/", null);
        _cookies.AppendResponseCookie(context, secure ? Secure : Plain, value, options);
    }

    public void DeleteCookie(HttpContext context, string key, CookieOptions options)
    {
        _cookies.DeleteCookie(context, Plain, options);
        if (!context.Request.IsHttps)
            return;
        (options.Secure, options.Path, options.Domain) = (true, "/", null);
        _cookies.DeleteCookie(context, Secure, options);
    }

    /// <summary>A person who signs in anew over https no longer needs a former cookie.</summary>
    public static void ForgetFormer(HttpContext context)
    {
        if (IsSecure(context) && context.Request.Cookies.ContainsKey(Plain))
            context.Response.Cookies.Delete(Plain,
                new CookieOptions { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax });
    }

    /// <summary>Nodes of an older version look for the former name only.</summary>
    private static bool IsSecure(HttpContext context) =>
        context.Request.IsHttps
            && context.RequestServices.GetService<ClusterFeatures>()?.Has(ClusterFeatures.HostCookie) is not false;
}

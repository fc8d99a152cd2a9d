using Chat.Server.Cluster;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Server.Accounts;

/// <summary>
/// Chooses the cookie's name. Over https the name begins with <c>__Host-</c>, so that a browser takes the cookie only
/// from this very host. Neither a page of a neighbouring domain nor somebody who answers plain http in the server's
/// place can set it. Over plain http browsers refuse that name. A cookie that was issued under the former name counts
/// until it expires; its renewal has the new name. A cookie that was issued under the new name says so inside, and does
/// not count over https under the former one: somebody has put a cookie of their own into this browser.
/// </summary>
internal sealed class HostCookie : ICookieManager
{
    /// <summary>The name over plain http. Earlier versions used it over https, too.</summary>
    public const string Plain = "chat";

    /// <summary>The name over https.</summary>
    public const string Secure = "__Host-chat";

    /// <summary>In the sealed part of the cookie: it was issued under <see cref="Secure"/>.</summary>
    private const string Issued = "host";

    private static readonly object s_planted = new();

    private readonly ChunkingCookieManager _cookies = new();

    /// <summary>Whether the client still has only the cookie under the former name.</summary>
    public static bool IsFormer(HttpContext context) => IsSecure(context) && IsUnderFormerName(context);

    /// <summary>Notes in the sealed part of a cookie under which name it is about to be issued.</summary>
    public static void Mark(HttpContext context, AuthenticationProperties properties)
    {
        if (IsSecure(context))
            properties.Items[Issued] = Secure;
        else
            properties.Items.Remove(Issued); // renewed while a node of an older version is there
    }

    /// <summary>
    /// Whether it was issued under the new name and came under the former one. Decided once, before a renewal is
    /// marked.
    /// </summary>
    public static bool IsPlanted(HttpContext context, AuthenticationProperties properties)
    {
        if (context.Items[s_planted] is not bool planted)
        {
            planted = context.Request.IsHttps && IsUnderFormerName(context) && properties.Items.ContainsKey(Issued);
            context.Items[s_planted] = planted;
        }
        return planted;
    }

    private static bool IsUnderFormerName(HttpContext context) =>
        !context.Request.Cookies.ContainsKey(Secure) && context.Request.Cookies.ContainsKey(Plain);

    /// <summary>Over https the new name wins, so that a planted cookie under the former one changes nothing.</summary>
    public string? GetRequestCookie(HttpContext context, string key) =>
        _cookies.GetRequestCookie(context, context.Request.IsHttps && !IsUnderFormerName(context) ? Secure : Plain);

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

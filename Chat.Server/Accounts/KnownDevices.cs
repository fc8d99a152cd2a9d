using System.Globalization;
using System.Security.Cryptography;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

namespace Chat.Server.Accounts;

/// <summary>
/// Recognizes devices on which an account has signed in with its password, so that strangers who guess passwords cannot
/// lock its owner out. The proof is a value that the server seals with the keys that seal cookies, too: programs keep
/// it as <c>deviceToken</c>, browsers as a cookie. It lets nobody in by itself; a thief only gets five tries of their
/// own. It outlives the sign-in. Thread-safe.
/// </summary>
public sealed class KnownDevices(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>
    /// The name of the cookie. Scripts of a page cannot read it, and browsers send it to calls on accounts only.
    /// </summary>
    public const string CookieName = "chat-device";

    private const string CookiePath = "/api/account";
    private const int MostAccounts = 8;
    private const int LongestToken = 4_096;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(400);
    private static readonly TimeSpan s_renewal = TimeSpan.FromDays(30);

    private readonly IDataProtector _protector = protection.CreateProtector("Chat.KnownDevices.v1");

    /// <summary>The id of the device that sends this, if the account has signed in on it; otherwise null.</summary>
    public string? Find(HttpRequest request, string? token, string accountId) => Known(request, token, accountId)?.Id;

    /// <summary>
    /// A token that makes the device known for this account from now on, besides the accounts that knew it before.
    /// </summary>
    public string Remember(HttpRequest request, string? token, string accountId)
    {
        var before = Read(token) ?? Read(request.Cookies[CookieName]);
        string[] accounts = [accountId, .. (before?.Accounts ?? []).Where(a => a != accountId)];
        var issued = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string[] parts = [before?.Id ?? OpaqueId.New(), issued, .. accounts.Take(MostAccounts)];
        return _protector.Protect(string.Join(' ', parts));
    }

    /// <summary>
    /// Sets or renews the cookie of a browser in which a member is signed in. The server does so when the page asks who
    /// is signed in, because the answer to signing in sets exactly one cookie.
    /// </summary>
    public void Greet(HttpContext context)
    {
        if (context.User.Identity?.AuthenticationType != CookieAuthenticationDefaults.AuthenticationScheme) return;
        var user = context.User.ToUser();
        if (user.Kind != UserKind.Member) return;
        if (Known(context.Request, null, user.Id) is { } device && time.GetUtcNow() < device.Issued + s_renewal) return;
        context.Response.Cookies.Append(CookieName, Remember(context.Request, null, user.Id), new CookieOptions
        {
            Path = CookiePath,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            MaxAge = s_lifetime,
            IsEssential = true,
        });
    }

    private Device? Known(HttpRequest request, string? token, string accountId)
    {
        foreach (var proof in (string?[])[token, request.Cookies[CookieName]])
        {
            if (Read(proof) is { } device && device.Accounts.Contains(accountId)) return device;
        }
        return null;
    }

    private Device? Read(string? token)
    {
        if (token is not { Length: > 0 and <= LongestToken }) return null;
        try
        {
            return _protector.Unprotect(token).Split(' ') is [var id, var issued, .. var accounts]
                && DateTimeOffset.FromUnixTimeSeconds(long.Parse(issued, CultureInfo.InvariantCulture)) is var at
                && time.GetUtcNow() < at + s_lifetime
                    ? new Device(id, at, accounts)
                    : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null; // forged, or sealed with keys that are gone
        }
    }

    private sealed record Device(string Id, DateTimeOffset Issued, string[] Accounts);
}

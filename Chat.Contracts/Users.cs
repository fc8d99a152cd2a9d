using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>A user as others see them.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Name">The name at the time of writing.</param>
/// <param name="Kind">The kind of the account; null where an older server wrote it.</param>
public sealed record UserRef(string Id, string Name, UserKind? Kind = null);

/// <summary>What an account is.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<UserKind>))]
public enum UserKind
{
    /// <summary>A name without a password; lives as long as its tokens.</summary>
    Guest,

    /// <summary>An account with a password.</summary>
    Member,

    /// <summary>A program.</summary>
    Bot,
}

/// <summary>An account, as its owner sees it.</summary>
public sealed record User(string Id, string Name, UserKind Kind);

/// <summary>The answer of <c>GET /api/account</c>.</summary>
public sealed record AccountAnswer(User User);

/// <summary>
/// The answer to signing in. With <c>?useCookies=true</c> a cookie is set and the tokens are absent.
/// </summary>
/// <param name="User">Who signed in.</param>
/// <param name="AccessToken">For <c>Authorization: Bearer</c>, or <c>?access_token=</c> on the hub and event streams.</param>
/// <param name="RefreshToken">For <c>POST /api/account/refresh</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
/// <param name="DeviceToken">
/// The token that names a member's device. The client keeps it, also after signing out, and sends it with the next
/// login.
/// </param>
public sealed record Session(User User, string? AccessToken, string? RefreshToken, int? ExpiresIn,
    string? DeviceToken = null);

/// <summary>The body of <c>POST /api/account/guest</c>.</summary>
public sealed record GuestRequest(string? Name);

/// <summary>The body of <c>POST /api/account/register</c> and <c>/login</c>.</summary>
/// <param name="Name">The name, in any case and width.</param>
/// <param name="Password">The password.</param>
/// <param name="DeviceToken">
/// The device token of an earlier session on this device. Wrong passwords of strangers do not lock such a device out.
/// </param>
public sealed record PasswordRequest(string? Name, string? Password, string? DeviceToken = null);

/// <summary>The body of <c>POST /api/account/refresh</c>.</summary>
/// <param name="RefreshToken">The refresh token of the session.</param>
/// <param name="DeviceToken">The device token of an earlier session on this device.</param>
public sealed record RefreshRequest(string? RefreshToken, string? DeviceToken = null);

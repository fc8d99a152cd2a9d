using System.Security.Claims;
using Chat.Contracts;

namespace Chat.Server.Accounts;

/// <summary>What a signed-in principal carries, besides its name and its id.</summary>
public static class ChatClaims
{
    /// <summary><c>guest</c>, <c>member</c> or <c>bot</c>.</summary>
    public const string Kind = "kind";

    /// <summary>The id of the <see cref="Accounts.SignIn"/>.</summary>
    public const string SignIn = "sid";

    /// <summary>The principal of a sign-in, for one authentication scheme.</summary>
    internal static ClaimsPrincipal Principal(User user, string signInId, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, user.Id),
            new Claim(ClaimTypes.Name, user.Name),
#pragma warning disable CA1308 // The wire contract's word is in lower case.
            new Claim(Kind, user.Kind.ToString().ToLowerInvariant()),
#pragma warning restore CA1308
            new Claim(SignIn, signInId),
        ],
        scheme));

    /// <summary>Who this is.</summary>
    /// <exception cref="ChatException"><c>unauthenticated</c>: nobody.</exception>
    public static User ToUser(this ClaimsPrincipal principal) =>
        principal.Identity is { IsAuthenticated: true, Name: { } name }
        && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
        && Enum.TryParse<UserKind>(principal.FindFirstValue(Kind), ignoreCase: true, out var kind)
            ? new User(id, name, kind)
            : throw Unauthenticated();

    /// <summary>The sign-in it stands for: what <see cref="SignIns.Ended"/> names when it ends.</summary>
    /// <exception cref="ChatException"><c>unauthenticated</c>: nobody.</exception>
    public static string SignInId(this ClaimsPrincipal principal) => principal.FindFirstValue(SignIn) ?? throw Unauthenticated();

    /// <summary>The id of the account that the credentials stand for.</summary>
    /// <exception cref="ChatException"><c>unauthenticated</c>: nobody.</exception>
    public static string AccountId(this ClaimsPrincipal principal) =>
        principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw Unauthenticated();

    private static ChatException Unauthenticated() => new(ErrorCodes.Unauthenticated, "sign in first");
}

using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client.Console.Profile;

/// <summary>What signing in to one server gave.</summary>
/// <param name="User">Who.</param>
/// <param name="AccessToken">For requests.</param>
/// <param name="RefreshToken">For the next access token.</param>
/// <param name="ExpiresAt">When the access token ends.</param>
public sealed record StoredSession(User User, string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt)
{
    /// <summary>The answer to signing in, as it is kept.</summary>
    public static StoredSession From(Session session, DateTimeOffset now) => new(
        session.User,
        session.AccessToken ?? throw new ChatException(ErrorCodes.Unavailable, "The server answered without an access token."),
        session.RefreshToken ?? throw new ChatException(ErrorCodes.Unavailable, "The server answered without a refresh token."),
        now.AddSeconds(session.ExpiresIn ?? 0));
}

/// <summary>The file of one profile.</summary>
public sealed record StoredProfile
{
    /// <summary>The server that was signed in to last.</summary>
    public Uri? Server { get; init; }

    /// <summary>A session per server.</summary>
    public ImmutableDictionary<string, StoredSession> Sessions { get; init; } = ImmutableDictionary<string, StoredSession>.Empty;

    /// <summary>Whom to trust as a server, where that is not for the system to say.</summary>
    public ImmutableDictionary<string, StoredTrust> Trust { get; init; } = ImmutableDictionary<string, StoredTrust>.Empty;

    /// <summary>The token by which each server knows this device, also after signing out.</summary>
    public ImmutableDictionary<string, string> Devices { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The session on a server; null if there is none.</summary>
    public StoredSession? On(Uri server) => Sessions.GetValueOrDefault(server.AbsoluteUri);

    /// <summary>With a session, on the server that is used from now on unless another is named.</summary>
    public StoredProfile With(Uri server, StoredSession session) => this with { Server = server, Sessions = Sessions.SetItem(server.AbsoluteUri, session) };

    /// <summary>
    /// Returns the profile with the token by which a server knows this device from now on; unchanged if the server gave
    /// none.
    /// </summary>
    public StoredProfile WithDevice(Uri server, string? token) =>
        token is null ? this : this with { Devices = Devices.SetItem(server.AbsoluteUri, token) };

    /// <summary>With what is trusted as a server from now on.</summary>
    public StoredProfile With(Uri server, StoredTrust trust) =>
        this with { Trust = trust.IsNone ? Trust.Remove(server.AbsoluteUri) : Trust.SetItem(server.AbsoluteUri, trust) };

    /// <summary>Without the session on a server.</summary>
    public StoredProfile Without(Uri server) => this with { Sessions = Sessions.Remove(server.AbsoluteUri) };
}

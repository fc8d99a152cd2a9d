using Chat.Contracts;

namespace Chat.Client;

/// <summary>Accounts over HTTP. Every call throws <see cref="ChatException"/> with the server's code, or <c>unavailable</c> if none answered.</summary>
public sealed class AccountClient(Uri server, HttpMessageHandler? handler = null) : IDisposable
{
    /// <summary>A new guest.</summary>
    public Task<Session> GuestAsync(string name, CancellationToken ct = default) => throw new NotImplementedException($"{server}{handler}");
    /// <summary>A new account with a password.</summary>
    public Task<Session> RegisterAsync(string name, string password, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Signs in.</summary>
    public Task<Session> LoginAsync(string name, string password, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>A new session for a refresh token.</summary>
    public Task<Session> RefreshAsync(string refreshToken, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Ends the session.</summary>
    public Task LogoutAsync(string accessToken, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Whose token this is.</summary>
    public Task<User> WhoAmIAsync(string accessToken, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Lets go of the HTTP connections.</summary>
    public void Dispose() { }
}

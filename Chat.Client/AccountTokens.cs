using Chat.Contracts;

namespace Chat.Client;

/// <summary>Keeps an access token fresh.</summary>
public sealed class AccountTokens(
    AccountClient accounts, Session session, DateTimeOffset obtained, Func<Session, ValueTask>? changed = null, TimeProvider? time = null)
{
    /// <summary>A valid access token; fits <see cref="ChatOptions.AccessToken"/>.</summary>
    public ValueTask<string?> GetAsync(CancellationToken ct) => throw new NotImplementedException($"{accounts}{session}{obtained}{changed}{time}");

    /// <summary>A new access token although the current one has not expired, because it was refused; fits <see cref="ChatOptions.RefreshAccessToken"/>.</summary>
    public ValueTask<string?> RefreshAsync(CancellationToken ct) => throw new NotImplementedException();
}

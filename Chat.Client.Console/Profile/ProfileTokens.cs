using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Profile;

/// <summary>
/// Access tokens from a profile, renewed a minute before they end. Several programs share the profile: whichever needs it first
/// renews, the others take what it stored. Thread-safe.
/// </summary>
public sealed class ProfileTokens(ProfileFile profile, Uri server, AccountClient accounts, TimeProvider time)
{
    private static readonly TimeSpan s_early = TimeSpan.FromMinutes(1);

    private StoredSession? _session;

    /// <summary>A valid access token. Throws <c>unauthenticated</c> if there is no session, or the server no longer renews it.</summary>
    public async ValueTask<string?> GetAsync(CancellationToken ct)
    {
        if (_session is { } held && IsFresh(held))
            return held.AccessToken;
        return await RenewAsync(IsFresh, ct);
    }

    /// <summary>A token other than the one given last, which was refused.</summary>
    public async ValueTask<string?> RefreshAsync(CancellationToken ct)
    {
        var refused = _session?.AccessToken;
        return await RenewAsync(s => s.AccessToken != refused && IsFresh(s), ct);
    }

    private bool IsFresh(StoredSession session) => session.ExpiresAt - s_early > time.GetUtcNow();

    private async Task<string> RenewAsync(Func<StoredSession, bool> willDo, CancellationToken ct)
    {
        var stored = profile.Read().On(server);
        if (stored is null || !willDo(stored))
        {
            var changed = await profile.ChangeAsync(async (content, stop) =>
            {
                var current = content.On(server) ?? throw SignedOut();
                return willDo(current)
                    ? content
                    : content with { Sessions = content.Sessions.SetItem(server.AbsoluteUri, StoredSession.From(await accounts.RefreshAsync(current.RefreshToken, stop), time.GetUtcNow())) };
            }, ct);
            stored = changed.On(server);
        }
        _session = stored ?? throw SignedOut();
        return stored.AccessToken;
    }

    private ChatException SignedOut() => new(ErrorCodes.Unauthenticated, $"Not signed in to {server.AbsoluteUri}: use chat login, chat register or chat guest NAME.");
}

using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Keeps an access token fresh: gets a new one a minute before it expires (or at half of a life shorter than two minutes), one refresh at a
/// time however many ask. Thread-safe.
/// </summary>
/// <param name="accounts">Asks the server.</param>
/// <param name="session">The session to begin with.</param>
/// <param name="obtained">When that session was answered.</param>
/// <param name="changed">Told each new session before its token is used, so that a program can store it: a refresh token may be good only once.</param>
/// <param name="time">The clock.</param>
public sealed class AccountTokens(
    AccountClient accounts, Session session, DateTimeOffset obtained, Func<Session, ValueTask>? changed = null, TimeProvider? time = null)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private Held _held = new(session, obtained);
    private Task<Held>? _refreshing;

    /// <summary>The session as of now.</summary>
    public Session Session => Volatile.Read(ref _held).Session;

    /// <summary>
    /// A valid access token; fits <see cref="ChatOptions.AccessToken"/>. Throws <see cref="ChatException"/>: <c>unauthenticated</c> if the session is
    /// over, <c>unavailable</c> if the server cannot be asked (a token that still holds is given meanwhile).
    /// </summary>
    public async ValueTask<string?> GetAsync(CancellationToken ct)
    {
        var held = Volatile.Read(ref _held);
        var now = _time.GetUtcNow();
        if (now < held.RefreshAt)
            return held.Session.AccessToken;
        try
        {
            return (await RefreshAsync(held, ct)).Session.AccessToken;
        }
        catch (ChatException e) when (e.MayRetry && now < held.ExpiresAt)
        {
            return held.Session.AccessToken;
        }
    }

    /// <summary>
    /// A new access token although the current one has not expired, because the server refused it; fits
    /// <see cref="ChatOptions.RefreshAccessToken"/>.
    /// </summary>
    public async ValueTask<string?> RefreshAsync(CancellationToken ct) =>
        (await RefreshAsync(Volatile.Read(ref _held), ct)).Session.AccessToken;

    private Task<Held> RefreshAsync(Held old, CancellationToken ct)
    {
        lock (_lock)
        {
            // Somebody was faster: what was to be replaced is replaced.
            if (!ReferenceEquals(_held, old))
                return Task.FromResult(_held);
            // Not cancelled with its first asker: the others wait for it too, and a refresh token that was used is gone.
            if (_refreshing is null)
            {
                _refreshing = Task.Run(() => AskAsync(old), CancellationToken.None);
                _ = _refreshing.ContinueWith(static t => t.Exception, CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return _refreshing.WaitAsync(ct);
        }
    }

    private async Task<Held> AskAsync(Held old)
    {
        try
        {
            if (old.Session.RefreshToken is not { } refresh)
                throw new ChatException(ErrorCodes.Unauthenticated, "The session has expired and has no refresh token; sign in again.");
            var next = new Held(await accounts.RefreshAsync(refresh), _time.GetUtcNow());
            if (changed is not null)
                await changed(next.Session);
            lock (_lock)
                _held = next;
            return next;
        }
        finally
        {
            lock (_lock)
                _refreshing = null;
        }
    }

    private sealed record Held(Session Session, DateTimeOffset Obtained)
    {
        private readonly TimeSpan _life = TimeSpan.FromSeconds(Session.ExpiresIn ?? int.MaxValue);

        public DateTimeOffset ExpiresAt => Obtained + _life;

        public DateTimeOffset RefreshAt => _life > 2 * Ahead ? ExpiresAt - Ahead : Obtained + (_life / 2);
    }
}

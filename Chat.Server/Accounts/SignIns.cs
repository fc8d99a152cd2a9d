using System.Collections.Concurrent;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>The sign-ins of this database. Thread-safe; every call is one statement or two.</summary>
public sealed class SignIns(IDbContextFactory<AccountsDb> databases, IOptions<AccountOptions> options, TimeProvider time)
{
    /// <summary>Asked with each request and for each connection: what EF Core makes of it is kept.</summary>
    private readonly Func<AccountsDb, string, string, DateTime, CancellationToken, Task<bool>> _isLive =
        EF.CompileAsyncQuery(
        (AccountsDb db, string id, string accountId, DateTime now, CancellationToken cancellation) =>
            db.SignIns.Any(s => s.Id == id && s.AccountId == accountId && s.Expires > now));

    private static readonly TimeSpan s_prolongedLately = TimeSpan.FromMinutes(1);

    /// <summary>Those that a request prolongs at this moment.</summary>
    private readonly ConcurrentDictionary<string, bool> _prolonging = new();

    /// <summary>
    /// A sign-in ended here, by logging out or by expiring: its connections are to be closed. Raised after the row is gone, on the
    /// caller's thread; handlers return at once and do not throw.
    /// </summary>
    public event Action<string>? Ended;

    /// <summary>One that begins now; it counts once it is saved.</summary>
    public SignIn New(string accountId)
    {
        var now = Now;
        return new SignIn
        {
            Id = OpaqueId.New(),
            AccountId = accountId,
            Created = now,
            Refreshed = now,
            Expires = now + options.Value.SignInLifetime,
        };
    }

    /// <summary>Begins one and saves it.</summary>
    public async Task<SignIn> StartAsync(string accountId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var signIn = New(accountId);
        db.SignIns.Add(signIn);
        await db.SaveChangesAsync(cancellation);
        return signIn;
    }

    /// <summary>Whether a sign-in is this account's and has neither ended nor expired.</summary>
    public async Task<bool> IsLiveAsync(string id, string accountId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await _isLive(db, id, accountId, Now, cancellation);
    }

    /// <summary>
    /// The sign-ins among these that have ended or expired. Callers ask for sessions, each of which began with
    /// <see cref="IsLiveAsync"/> for its own account; a sign-in never moves to another account.
    /// </summary>
    public async Task<IReadOnlyList<string>> EndedAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = Now;
        var live = await db.SignIns.Where(s => ids.Contains(s.Id) && s.Expires > now).Select(s => s.Id).ToListAsync(cancellation);
        return [.. ids.Except(live)];
    }

    /// <summary>
    /// Prolongs a sign-in by its whole lifetime from now. Returns its account; null if the sign-in is over or another
    /// account's. If it was prolonged within a minute, or another request prolongs it now, nothing is written: a client
    /// that repeats this takes no write lock from others.
    /// </summary>
    public async Task<Account?> ProlongAsync(string id, string accountId, CancellationToken cancellation)
    {
        var mine = _prolonging.TryAdd(id, true);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var now = Now;
            var found = await db.SignIns.AsNoTracking()
                .Where(s => s.Id == id && s.AccountId == accountId && s.Expires > now)
                .Join(db.Users, s => s.AccountId, a => a.Id, (s, a) => new { s.Refreshed, Account = a })
                .SingleOrDefaultAsync(cancellation);
            if (found is null || !mine || found.Refreshed > now - s_prolongedLately)
                return found?.Account;
            var expires = now + options.Value.SignInLifetime;
            var prolonged = await db.SignIns.Where(s => s.Id == id && s.AccountId == accountId && s.Expires > now)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Refreshed, now).SetProperty(r => r.Expires, expires), cancellation);
            return prolonged == 0 ? null : found.Account; // it may have ended in between
        }
        finally
        {
            if (mine)
                _prolonging.TryRemove(id, out _);
        }
    }

    /// <summary>
    /// Prolongs those of the sign-ins that are not over by their whole lifetime from now, unless that was done within a
    /// time.
    /// </summary>
    public async Task ProlongAsync(IReadOnlyCollection<string> ids, TimeSpan unlessWithin,
        CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = Now;
        var (before, expires) = (now - unlessWithin, now + options.Value.SignInLifetime);
        await db.SignIns.Where(s => ids.Contains(s.Id) && s.Expires > now && s.Refreshed <= before)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Refreshed, now).SetProperty(r => r.Expires, expires),
                cancellation);
    }

    /// <summary>
    /// Ends a sign-in if it is this account's and has not ended yet. The server refuses its cookie and tokens from now
    /// on.
    /// </summary>
    public async Task EndAsync(string id, string accountId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.SignIns.Where(s => s.Id == id && s.AccountId == accountId).ExecuteDeleteAsync(cancellation) == 0)
            return;
        Ended?.Invoke(id);
        await GuestNames.BeginRestAsync(db, accountId, Now + options.Value.GuestNameRest, CancellationToken.None);
    }

    /// <summary>Ends those that have expired; returns how many.</summary>
    public async Task<int> EndExpiredAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = Now;
        var ended = 0;
        foreach (var (id, accountId, expired) in await ExpiredAsync(db, now, cancellation))
        {
            // One by one and with the condition again: it may have been prolonged, or ended by another node, in between.
            if (await db.SignIns.Where(s => s.Id == id && s.Expires <= now).ExecuteDeleteAsync(cancellation) == 0) continue;
            ended++;
            Ended?.Invoke(id);
            await GuestNames.BeginRestAsync(db, accountId, expired + options.Value.GuestNameRest, cancellation);
        }
        return ended;
    }

    private static async Task<IReadOnlyList<(string Id, string AccountId, DateTime Expired)>> ExpiredAsync(
        AccountsDb db, DateTime now, CancellationToken cancellation)
    {
        var expired = await db.SignIns.Where(s => s.Expires <= now).Select(s => new { s.Id, s.AccountId, s.Expires })
            .ToListAsync(cancellation);
        return [.. expired.Select(s => (s.Id, s.AccountId, s.Expires))];
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;
}

using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts;

/// <summary>
/// Frees the names of guests. A guest whose sign-ins have ended can never come back, since there is no password. For a
/// while nobody else gets the name, so that nobody is taken for the guest in their rooms; then the name is free. The
/// account stays, with its id and name, because its messages stay.
/// </summary>
internal static class GuestNames
{
    /// <summary>
    /// Begins the rest of an account's name if the account is a guest without a sign-in, unless the rest has begun
    /// already.
    /// </summary>
    public static Task<int> BeginRestAsync(AccountsDb db, string accountId, DateTime until,
        CancellationToken cancellation) =>
        BeginRestAsync(db, db.Users.Where(a => a.Id == accountId && !db.SignIns.Any(s => s.AccountId == a.Id)), until,
            cancellation);

    /// <summary>
    /// Frees a name, and names that look like it, for somebody who wants to register it, if the name has rested long
    /// enough. If an older node ended the guest's last sign-in, the rest begins now.
    /// </summary>
    public static async Task FreeAsync(AccountsDb db, string normalized, string look, DateTime now, TimeSpan rest,
        CancellationToken cancellation)
    {
        var wanted = db.Users.Where(a => (a.NormalizedUserName == normalized || a.NameLook == look)
            && a.NormalizedUserName != null);
        if (await BeginRestAsync(db, wanted.Where(a => !db.SignIns.Any(s => s.AccountId == a.Id && s.Expires > now)),
            now + rest, cancellation) > 0 && rest > TimeSpan.Zero)
            return;
        await wanted.Where(a => a.Kind == UserKind.Guest && a.NameRestsUntil <= now
            && !db.SignIns.Any(s => s.AccountId == a.Id && s.Expires > now))
            .ExecuteUpdateAsync(
                a => a.SetProperty(g => g.NormalizedUserName, (string?)null).SetProperty(g => g.OwnsNameLook, false),
                cancellation);
    }

    private static Task<int> BeginRestAsync(AccountsDb db, IQueryable<Account> accounts, DateTime until,
        CancellationToken cancellation) =>
        accounts.Where(a => a.Kind == UserKind.Guest && a.NameRestsUntil == null && a.NormalizedUserName != null)
            .ExecuteUpdateAsync(a => a.SetProperty(g => g.NameRestsUntil, until), cancellation);
}

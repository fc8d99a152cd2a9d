using System.Linq.Expressions;
using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts;

/// <summary>Finds people. Thread-safe.</summary>
public sealed class UserDirectory(IDbContextFactory<AccountsDb> databases)
{
    /// <summary>Who has this name, however it is written; null where nobody has.</summary>
    public Task<UserRef?> FindByNameAsync(string name, CancellationToken cancellation)
    {
        if (!NameRule.TryCheck(name, out var composed)) return Task.FromResult<UserRef?>(null);
        var normalized = NameKey.Of(composed);
        return FindAsync(a => a.NormalizedUserName == normalized, cancellation);
    }

    /// <summary>Whose id this is, guests that are gone included; null where it is nobody's.</summary>
    public Task<UserRef?> FindByIdAsync(string id, CancellationToken cancellation) => FindAsync(a => a.Id == id, cancellation);

    private async Task<UserRef?> FindAsync(Expression<Func<Account, bool>> which, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Users.Where(which).Select(a => new UserRef(a.Id, a.UserName!, a.Kind))
            .SingleOrDefaultAsync(cancellation);
    }
}

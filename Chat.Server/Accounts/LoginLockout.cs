using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts;

/// <summary>
/// Five wrong passwords in a row for a name lock it for five minutes, known or not. Failures are forgotten five minutes after the
/// last one, which lets nobody try faster than the lock does.
/// </summary>
internal sealed class LoginLockout(IDbContextFactory<AccountsDb> databases, TimeProvider time) : IDisposable
{
    public const int Tries = 5;
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);

    // Tries for one name are checked one after the other, or many at once would all come before the first failure counts.
    // Names share a fixed number of turns, so that made-up names cost no memory.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Runs <paramref name="check"/> unless the name is locked, and remembers how it went.</summary>
    /// <param name="name">Normalized.</param>
    /// <param name="check">Whether the password is right.</param>
    /// <param name="cancellation">Stops waiting for the turn; a check that has begun is counted.</param>
    /// <exception cref="ChatException"><c>rate_limited</c>: locked.</exception>
    public async Task<(bool Right, int Failures)> TryAsync(string name, Func<Task<bool>> check, CancellationToken cancellation)
    {
        var turn = _turns[(uint)name.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var now = time.GetUtcNow().UtcDateTime;
            var failed = await db.FailedLogins.AsNoTracking().SingleOrDefaultAsync(f => f.Name == name, cancellation);
            if (failed is not null && failed.Last + Duration <= now) failed = null;
            if (failed?.Count >= Tries)
            {
                throw new ChatException(ErrorCodes.RateLimited, "too many wrong passwords for this name")
                {
                    RetryAfter = failed.Last + Duration - now,
                };
            }
            if (await check())
            {
                if (failed is not null) await db.FailedLogins.Where(f => f.Name == name).ExecuteDeleteAsync(CancellationToken.None);
                return (true, 0);
            }
            await CountAsync(db, name, now);
            return (false, (failed?.Count ?? 0) + 1);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Deletes what is forgotten anyway.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var before = time.GetUtcNow().UtcDateTime - Duration;
        await db.FailedLogins.Where(f => f.Last <= before).ExecuteDeleteAsync(cancellation);
    }

    public void Dispose()
    {
        foreach (var turn in _turns) turn.Dispose();
    }

    /// <summary>One statement, since other nodes count too. SQLite and PostgreSQL understand it alike.</summary>
    private static Task<int> CountAsync(AccountsDb db, string name, DateTime now)
    {
        var forgotten = now - Duration;
        return db.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO "FailedLogins" ("Name", "Count", "Last") VALUES ({name}, 1, {now})
             ON CONFLICT ("Name") DO UPDATE SET
               "Count" = CASE WHEN "FailedLogins"."Last" <= {forgotten} THEN 1 ELSE "FailedLogins"."Count" + 1 END,
               "Last" = excluded."Last"
             """,
            CancellationToken.None);
    }
}

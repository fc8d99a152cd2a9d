using System.Net;
using Chat.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts;

/// <summary>
/// Locks names after wrong passwords, whether or not the name exists. Five wrong passwords in a row from one address
/// lock the name for that address for five minutes, and for nobody else; a device that signed in before
/// (<see cref="KnownDevices"/>) has five of its own. Many from several addresses together slow all unknown devices
/// down, in the end to one try a minute; known devices are not slowed down. Failures are forgotten some time after the
/// last one, which lets nobody try faster than the lock does.
/// </summary>
internal sealed class LoginLockout(IDbContextFactory<AccountsDb> databases, TimeProvider time) : IDisposable
{
    public const int Tries = 5;

    /// <summary>Wrong passwords for one name from all unknown devices before they have to wait.</summary>
    public const int TriesOfAll = 20;

    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_allForgotten = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    // Tries from one place are checked one after the other; otherwise many at once would all be checked before the
    // first failure counts. Places share a fixed number of turns, so that made-up names cost no memory.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Runs <paramref name="check"/> unless the name is locked for this caller, and remembers how it
    /// went.</summary>
    /// <param name="name">The normalized name.</param>
    /// <param name="device">The id of a device that is known for this name; null for any other.</param>
    /// <param name="address">The address of the client.</param>
    /// <param name="check">Finds out whether the password is
    /// right.</param>
    /// <param name="cancellation">Stops waiting for the turn; a check that has begun is counted.</param>
    /// <exception cref="ChatException"><c>rate_limited</c>: locked.</exception>
    public async Task<(bool Right, int Failures)> TryAsync(
        string name, string? device, IPAddress? address, Func<Task<bool>> check, CancellationToken cancellation)
    {
        // No name contains a blank, so these keys cannot be names.
        var place = device is null ? $"{name} from {AddressLimits.Key(address):x}" : $"{name} on {device}";
        var all = $"{name} from all";
        var turn = _turns[(uint)place.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancellation);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var now = time.GetUtcNow().UtcDateTime;
            var failed = await FindAsync(db, place, now - Duration, cancellation);
            if (failed?.Count >= Tries)
                throw Locked("too many wrong passwords for this name", failed.Last + Duration - now);
            var others = device is null ? await FindAsync(db, all, now - s_allForgotten, cancellation) : null;
            if (others is not null && others.Last + WaitAfter(others.Count) - now is var wait && wait > TimeSpan.Zero)
                throw Locked("many wrong passwords for this name from several places", wait);
            if (await check())
            {
                if (failed is not null)
                    await db.FailedLogins.Where(f => f.Name == place).ExecuteDeleteAsync(CancellationToken.None);
                return (true, 0);
            }
            await CountAsync(db, place, now, now - Duration);
            if (device is null) await CountAsync(db, all, now, now - s_allForgotten);
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
        var before = time.GetUtcNow().UtcDateTime - s_allForgotten;
        await db.FailedLogins.Where(f => f.Last <= before).ExecuteDeleteAsync(cancellation);
    }

    public void Dispose()
    {
        foreach (var turn in _turns) turn.Dispose();
    }

    /// <summary>How long unknown devices wait after the last of so many wrong passwords: a second, then twice as long
    /// each time, up to a minute.</summary>
    private static TimeSpan WaitAfter(int count) => count < TriesOfAll
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(s_longestWait.TotalSeconds, Math.Pow(2, Math.Min(count - TriesOfAll, 10))));

    private static async Task<FailedLogin?> FindAsync(AccountsDb db, string key, DateTime forgotten,
        CancellationToken cancellation) =>
        await db.FailedLogins.AsNoTracking().SingleOrDefaultAsync(f => f.Name == key
            && f.Last > forgotten, cancellation);

    private static ChatException Locked(string text, TimeSpan wait) =>
        new(ErrorCodes.RateLimited, text) { RetryAfter = wait };

    /// <summary>One statement, since other nodes count too. SQLite and PostgreSQL understand it alike.</summary>
    private static Task<int> CountAsync(AccountsDb db, string key, DateTime now,
        DateTime forgotten) => db.Database.ExecuteSqlAsync(
        $"""
         INSERT INTO "FailedLogins" ("Name", "Count", "Last") VALUES ({key}, 1, {now})
         ON CONFLICT ("Name") DO UPDATE SET
           "Count" = CASE WHEN "FailedLogins"."Last" <= {forgotten} THEN 1 ELSE "FailedLogins"."Count" + 1 END,
           "Last" = excluded."Last"
         """,
        CancellationToken.None);
}

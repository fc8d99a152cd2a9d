using System.Net;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts;

/// <summary>
/// Locks names after wrong passwords, whether or not the name exists. Five wrong passwords in a row from one address
/// lock the name for that address for five minutes, and for nobody else; a device that signed in before
/// (<see cref="KnownDevices"/>) has five of its own. Many from several addresses together slow all unknown devices
/// down, in the end to one try a minute; known devices are not slowed down. Failures are forgotten some time after the
/// last one, which lets nobody try faster than the lock does.
/// </summary>
/// <remarks>
/// The slowed tries are a line, or somebody who asks all the time would take each of them and keep the owner out for
/// good. A network that is told to wait has a place in it: a time from which it may try once, whatever others do
/// meanwhile. No place is farther away than ten minutes. So the owner waits no longer, and a thousand networks get a
/// hundred tries a minute together.
/// </remarks>
internal sealed class LoginLockout(IDbContextFactory<AccountsDb> databases, TimeProvider time)
{
    public const int Tries = 5;

    /// <summary>Wrong passwords for one name from all unknown devices before they have to wait.</summary>
    public const int TriesOfAll = 20;

    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_allForgotten = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestLine = TimeSpan.FromMinutes(10);

    // Tries from one place are checked one after the other; otherwise many at once would all be checked before the
    // first failure counts.
    private readonly KeyedLock _turns = new();

    /// <summary>
    /// Runs <paramref name="check"/> unless the name is locked for this caller, and remembers how it went.
    /// </summary>
    /// <param name="name">The normalized name.</param>
    /// <param name="device">The id of a device that is known for this name; null for any other.</param>
    /// <param name="address">The address of the client.</param>
    /// <param name="check">Finds out whether the password is right.</param>
    /// <param name="cancellation">Stops waiting for the turn; a check that has begun is counted.</param>
    /// <exception cref="ChatException"><c>rate_limited</c>: locked.</exception>
    public async Task<(bool Right, int Failures)> TryAsync(
        string name, string? device, IPAddress? address, Func<Task<bool>> check, CancellationToken cancellation)
    {
        // No name contains a blank, so these keys cannot be names.
        var prefixes = AddressPrefix.Of(address);
        var place = device is null ? $"{name} from {prefixes[0].Bits:x}" : $"{name} on {device}";
        var all = $"{name} from all";
        using var turn = await _turns.TakeAsync(place, cancellation);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow().UtcDateTime;
        var failed = await FindAsync(db, place, now - Duration, cancellation);
        if (failed?.Count >= Tries)
            throw Locked("too many wrong passwords for this name", failed.Last + Duration - now);
        if (device is null
            && await FindAsync(db, all, now - s_allForgotten, cancellation) is { Count: >= TriesOfAll } others)
            await RequirePlaceInLineAsync(db, $"{name} waits at {prefixes[^1].Bits:x}", others, now, cancellation);
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

    /// <summary>Deletes what is forgotten anyway.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var before = time.GetUtcNow().UtcDateTime - s_allForgotten;
        await db.FailedLogins.Where(f => f.Last <= before).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>
    /// Passes if this is the time of the network's place, or of nobody's; otherwise the network gets a place.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="place">
    /// Of the row whose time says from when the network may try. It is swept as failures are.
    /// </param>
    /// <param name="others">
    /// Wrong passwords of all; the time in it is that of the last try which was made or promised.
    /// </param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Stops reading.</param>
    private static async Task RequirePlaceInLineAsync(
        AccountsDb db, string place, FailedLogin others, DateTime now, CancellationToken cancellation)
    {
        if (await FindAsync(db, place, now - s_allForgotten, cancellation) is { } kept)
        {
            if (kept.Last > now) throw Slowed(kept.Last - now);
            // It counts once: of two requests at the same time, one deletes it.
            var mine = db.FailedLogins.Where(f => f.Name == place && f.Last == kept.Last);
            if (await mine.ExecuteDeleteAsync(CancellationToken.None) == 1) return;
        }
        var next = others.Last + WaitAfter(others.Count);
        if (next <= now) return;
        var due = next < now + s_longestLine ? next : now + s_longestLine;
        await db.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO "FailedLogins" ("Name", "Count", "Last") VALUES ({place}, 0, {due})
             ON CONFLICT ("Name") DO UPDATE SET "Last" = excluded."Last"
             """,
            CancellationToken.None);
        await db.FailedLogins.Where(f => f.Name == others.Name && f.Last < due)
            .ExecuteUpdateAsync(f => f.SetProperty(o => o.Last, due), CancellationToken.None);
        throw Slowed(due - now);

        static ChatException Slowed(TimeSpan wait) =>
            Locked("many wrong passwords for this name from several places", wait);
    }

    /// <summary>
    /// Between two tries of unknown devices after so many failures: a second, then twice as long each time, up to a
    /// minute.
    /// </summary>
    private static TimeSpan WaitAfter(int count) =>
        TimeSpan.FromSeconds(Math.Min(s_longestWait.TotalSeconds, Math.Pow(2, Math.Min(count - TriesOfAll, 10))));

    private static async Task<FailedLogin?> FindAsync(AccountsDb db, string key, DateTime forgotten,
        CancellationToken cancellation) =>
        await db.FailedLogins.AsNoTracking().SingleOrDefaultAsync(f => f.Name == key
            && f.Last > forgotten, cancellation);

    private static ChatException Locked(string text, TimeSpan wait) =>
        new(ErrorCodes.RateLimited, text) { RetryAfter = wait };

    /// <summary>
    /// One statement, since other nodes count too. SQLite and PostgreSQL understand it alike. A try that was promised
    /// stays the last.
    /// </summary>
    private static Task<int> CountAsync(AccountsDb db, string key, DateTime now,
        DateTime forgotten) => db.Database.ExecuteSqlAsync(
        $"""
         INSERT INTO "FailedLogins" ("Name", "Count", "Last") VALUES ({key}, 1, {now})
         ON CONFLICT ("Name") DO UPDATE SET
           "Count" = CASE WHEN "FailedLogins"."Last" <= {forgotten} THEN 1 ELSE "FailedLogins"."Count" + 1 END,
           "Last" = CASE WHEN "FailedLogins"."Last" > excluded."Last"
             THEN "FailedLogins"."Last" ELSE excluded."Last" END
         """,
        CancellationToken.None);
}

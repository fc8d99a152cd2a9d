using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// The index of trigrams by which a part of a room's name is found. SQLite has it built in (FTS5, kept by triggers that
/// the migrations make). On PostgreSQL it needs the extension pg_trgm, which not every server has and not every role
/// may create.
/// </summary>
internal static class RoomNameSearch
{
    private const string ReadySql =
        """
        SELECT count(*)::int AS "Value" FROM pg_index
        WHERE indexrelid = to_regclass('"IX_Rooms_NameKey_Trigrams"') AND indisvalid
        """;

    private const long MakingLock = 0x63686175; // says nothing, but must stay

    /// <summary>
    /// Makes the extension and the index if they are missing and the database allows it; otherwise says so in the log.
    /// </summary>
    public static async Task PrepareAsync(LogDb db, ILogger logger, CancellationToken cancellation)
    {
        if (!db.Database.IsNpgsql() || await HasTrigramsAsync(db, cancellation))
            return;
        try
        {
            db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
            await db.Database.OpenConnectionAsync(cancellation); // the lock belongs to the connection
            // If another node is making the index, this one does not wait: an index becomes ready only when older
            // statements have ended, so a waiting statement would delay it.
            if (!await db.Database.SqlQueryRaw<bool>("SELECT pg_try_advisory_lock({0}) AS \"Value\"", MakingLock)
                .SingleAsync(cancellation))
                return;
            await db.Database.ExecuteSqlRawAsync("CREATE EXTENSION IF NOT EXISTS pg_trgm", cancellation);
            // A node that was stopped while it made the index leaves an unusable index with the same name.
            await db.Database.ExecuteSqlRawAsync("DROP INDEX CONCURRENTLY IF EXISTS \"IX_Rooms_NameKey_Trigrams\"",
                cancellation);
            await db.Database.ExecuteSqlRawAsync(
                "CREATE INDEX CONCURRENTLY \"IX_Rooms_NameKey_Trigrams\" ON \"Rooms\" USING gin (\"NameKey\" gin_trgm_ops) WHERE \"Kind\" = 0", cancellation);
            await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_unlock({0})", [MakingLock], cancellation);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            logger.NoTrigrams(DatabaseErrors.Describe(e));
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Whether a part of a name can be looked up.</summary>
    public static async Task<bool> HasTrigramsAsync(LogDb db, CancellationToken cancellation = default) =>
        !db.Database.IsNpgsql() || await db.Database.SqlQueryRaw<int>(ReadySql).SingleAsync(cancellation) > 0;
}

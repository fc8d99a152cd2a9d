using Chat.Contracts;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>
/// Locks on rooms. A batch waits for its rooms, as other nodes write to them in turns. If somebody holds a room for too
/// long, the appender tries it without waiting from then on, or every batch would wait with it. Its writes are refused.
/// </summary>
internal sealed partial class PostgresAppender
{
    /// <summary>
    /// A direct room that is not there yet has no row to lock. A lock by its key keeps the nodes apart that are about
    /// to make it. All nodes take these locks in one order, too.
    /// </summary>
    private const string LockDirectSql =
        "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(k, 0) AS h "
        + "FROM unnest($1) AS k ORDER BY h) AS keys";

    private const string LockSql =
        "SELECT \"Id\", \"Kind\", \"Head\", coalesce(\"MemberCount\", -1), coalesce(\"CountedAt\", 0), \"RequestTo\" FROM \"Rooms\" WHERE \"Id\" = ANY($1) ORDER BY \"Id\" FOR UPDATE";

    // The last column names the transaction that holds the lock.
    private const string TryLockDirectSql =
        """
        SELECT k, pg_try_advisory_xact_lock(hashtextextended(k, 0)), (SELECT l.virtualtransaction FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(k, 0)
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1)
        FROM (SELECT DISTINCT k FROM unnest($1) AS k) AS keys
        """;

    /// <summary>
    /// Reads which of the rooms that were not waited for exist, and their holders. A transaction that has locked or
    /// changed a row stands in the row's <c>xmax</c>; 0 is none.
    /// </summary>
    private const string HoldersSql = "SELECT \"Id\", nullif(xmax::text, '0') FROM \"Rooms\" WHERE \"Id\" = ANY($1)";

    /// <summary>
    /// A transaction of a node is over sooner after it got its locks, however long it waited for its turn.
    /// </summary>
    private static readonly TimeSpan s_longTransaction = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a batch waits for each lock: until it asks who holds its rooms, until it asks once more, and then for
    /// the rooms that nobody keeps.
    /// </summary>
    private static readonly TimeSpan[] s_waits =
        [PostgresSource.LockPatience - s_longTransaction, s_longTransaction, PostgresSource.LockPatience];

    private readonly Dictionary<string, FoundRoom> _locked = [];

    /// <summary>
    /// Rooms, and keys of direct rooms, that are held for too long: this transaction did not wait for them.
    /// </summary>
    private readonly HashSet<string> _passedBy = [];

    /// <summary>
    /// Those that somebody held when they were last asked for, with that transaction: they are locked without waiting.
    /// </summary>
    private readonly Dictionary<string, string> _held = [];

    /// <summary>
    /// Those that this transaction did not get without waiting, with their holders as far as they are known.
    /// </summary>
    private readonly Dictionary<string, string?> _notLocked = [];

    /// <summary>Those of them that are not held, but change hands.</summary>
    private readonly HashSet<string> _busy = [];

    private void ReadLocked(NpgsqlDataReader rows)
    {
        while (rows.Read())
        {
            _locked[rows.GetString(0)] = new FoundRoom(
                (RoomKind)rows.GetInt32(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4),
                rows.IsDBNull(5) ? null : rows.GetString(5));
        }
    }

    /// <summary>
    /// Somebody else has the lock on this room, or key of a direct room. As long as it is the same transaction it is
    /// not waited for.
    /// </summary>
    private void NotLocked(string key, string? holder)
    {
        _notLocked[key] = holder;
        (holder is not null && _held.GetValueOrDefault(key) == holder ? _passedBy : _busy).Add(key);
    }

    /// <summary>Rooms, and keys of direct rooms, that somebody else has locked now, with the holders.</summary>
    private Dictionary<string, string?> FindHolders(IReadOnlyList<Subject> subjects)
    {
        Look(subjects, wait: null);
        var holders = _notLocked.ToDictionary();
        RollBackTransaction();
        return holders;
    }

    /// <summary>
    /// Notes the rooms that one transaction has kept from one look to the next, with a long wait in between. False if
    /// there is none: then many took turns. The age of a transaction does not tell, because it may have waited for its
    /// own turn.
    /// </summary>
    private bool NoteHeld(Dictionary<string, string?> before, Dictionary<string, string?> now)
    {
        var held = now.Where(n => n.Value is not null && before.GetValueOrDefault(n.Key) == n.Value).ToList();
        foreach (var (key, holder) in held)
            _held[key] = holder!;
        if (held.Count > 0)
            logger.RoomsHeld(held.Count);
        return held.Count > 0;
    }

    /// <summary>Nobody keeps these any more, unless they were passed by again.</summary>
    private void ForgetHeld(IEnumerable<string> keys)
    {
        if (_held.Count == 0)
            return;
        foreach (var key in keys.Where(k => !_passedBy.Contains(k)))
            _held.Remove(key);
    }

    /// <summary>Throws for a room, or a direct room's key, that was not waited for.</summary>
    private void RefusePassedBy(string key)
    {
        if (_passedBy.Contains(key))
            throw new ChatException(ErrorCodes.Unavailable,
                "somebody else holds this room for too long; try again with the same client id");
    }
}

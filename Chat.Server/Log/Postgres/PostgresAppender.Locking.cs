using Chat.Contracts;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>
/// Locks on rooms. A batch waits for its rooms, as other nodes write to them in turns. A room that somebody holds for
/// too long is tried without waiting from then on, or every batch would wait with it; its writes are refused.
/// </summary>
internal sealed partial class PostgresAppender
{
    /// <summary>
    /// A direct room that is not there yet has no row to lock: a lock by the name of it keeps the nodes apart that are
    /// about to make it. In one order too.
    /// </summary>
    private const string LockDirectSql =
        "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(k, 0) AS h FROM unnest($1) AS k ORDER BY h) AS keys";

    private const string LockSql =
        "SELECT \"Id\", \"Kind\", \"Head\", coalesce(\"MemberCount\", -1), coalesce(\"CountedAt\", 0), \"RequestTo\" FROM \"Rooms\" WHERE \"Id\" = ANY($1) ORDER BY \"Id\" FOR UPDATE";

    // The last column: whether somebody has held it for too long; null if the holder is not found.
    private const string TryLockDirectSql =
        $"""
         SELECT k, pg_try_advisory_xact_lock(hashtextextended(k, 0)), (SELECT {TooLong} FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(k, 0)
                 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1)
         FROM (SELECT DISTINCT k FROM unnest($1) AS k) AS keys
         """;

    /// <summary>
    /// Of rooms that were not waited for: those that exist, and whether somebody has held them for too long. A
    /// transaction that has locked or changed a row stands in the row's <c>xmax</c>.
    /// </summary>
    private const string HoldersSql =
        $"""
         SELECT r."Id", (SELECT {TooLong} FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
             WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = r.xmax LIMIT 1)
         FROM "Rooms" r WHERE r."Id" = ANY($1)
         """;

    // The transactions of nodes are over long before. A prepared one has no process, and of other users' sessions the
    // time may be hidden: these are no nodes. Where there is no time, the process was between two transactions.
    private const string TooLong =
        "l.pid IS NULL OR a.query = '<insufficient privilege>' OR coalesce(a.xact_start < clock_timestamp() - interval '2.5 s', false)";

    private readonly Dictionary<string, FoundRoom> _locked = [];

    /// <summary>Rooms, and keys of direct rooms, that are held for too long: this transaction did not wait for
    /// them.</summary>
    private readonly HashSet<string> _passedBy = [];

    /// <summary>Those that were passed by when they were last asked for: they are locked without waiting.</summary>
    private readonly HashSet<string> _held = [];

    /// <summary>Those that this transaction did not get without waiting, though nobody holds them for long.</summary>
    private readonly HashSet<string> _busy = [];

    private void ReadLocked(NpgsqlDataReader rows)
    {
        while (rows.Read())
            _locked[rows.GetString(0)] = new FoundRoom((RoomKind)rows.GetInt32(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4),
                rows.IsDBNull(5) ? null : rows.GetString(5));
    }

    /// <summary>Somebody else has this lock.</summary>
    /// <param name="key">A room, or the key of a direct room.</param>
    /// <param name="tooLong">Whether they have had it for too long; null if that is not known, and nothing
    /// changes.</param>
    private void NotLocked(string key, bool? tooLong) => (tooLong ?? _held.Contains(key) ? _passedBy : _busy).Add(key);

    /// <summary>
    /// After these were waited for in vain: finds those that somebody holds for too long. False if there is none, for
    /// example because they were many short transactions.
    /// </summary>
    private bool FindHeld(IReadOnlyList<Subject> subjects)
    {
        if (subjects.Select(s => s.RoomId ?? s.DirectKey).Distinct().ToList() is [{ } only])
        {
            logger.RoomsHeld(1);
            return _held.Add(only);
        }
        Look(subjects, wait: false);
        var found = _passedBy.Count > 0;
        RollBackTransaction();
        return found;
    }

    /// <summary>Notes which of these are held by somebody else; what was locked now is not held any more.</summary>
    private void Remember(IEnumerable<string> rooms, IEnumerable<string> directKeys)
    {
        if (_held.Count == 0 && _passedBy.Count == 0)
            return;
        if (!_passedBy.IsSubsetOf(_held))
            logger.RoomsHeld(_passedBy.Count);
        _held.ExceptWith(rooms);
        _held.ExceptWith(directKeys);
        _held.UnionWith(_passedBy);
    }

    /// <summary>Throws for a room, or a direct room's key, that was not waited for.</summary>
    private void RefusePassedBy(string key)
    {
        if (_passedBy.Contains(key))
            throw new ChatException(ErrorCodes.Unavailable, "somebody else holds this room for too long; try again with the same client id");
    }
}

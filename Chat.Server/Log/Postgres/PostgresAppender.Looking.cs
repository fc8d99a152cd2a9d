using System.Globalization;
using Chat.Contracts;
using Chat.Server.Hosting;
using Npgsql;
using IsolationLevel = System.Data.IsolationLevel;

namespace Chat.Server.Log.Postgres;

/// <summary>
/// What a batch asks for, locked and read at its beginning in one round trip. The rooms are locked in the order of their ids, so that no two nodes wait
/// for each other; the statements after that one see what was committed by whoever had the lock before.
/// </summary>
internal sealed partial class PostgresAppender
{
    /// <summary>
    /// For this transaction only. Acknowledged means synced, also where the server's default is less (more is left alone). The tables' statistics may
    /// be those of an empty table, which makes a scan look cheap; it never is. A batch looks up each of its keys in an
    /// index.
    /// </summary>
    private static readonly string s_settingsSql = string.Create(CultureInfo.InvariantCulture,
        $"""
         SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
                set_config('lock_timeout', '{PostgresSource.LockPatience.TotalMilliseconds}', true),
                set_config('statement_timeout', '{PostgresSource.StatementPatience.TotalMilliseconds}', true),
                set_config('idle_in_transaction_session_timeout', '{PostgresSource.Silence.TotalMilliseconds}', true),
                set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
         """);

    /// <summary>
    /// A direct room that is not there yet has no row to lock: a lock by the name of it keeps the nodes apart that are about to make it. In one order too.
    /// </summary>
    private const string LockDirectSql =
        "SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(k, 0) AS h FROM unnest($1) AS k ORDER BY h) AS keys";

    private const string LockSql =
        "SELECT \"Id\", \"Kind\", \"Head\", coalesce(\"MemberCount\", 0), coalesce(\"CountedAt\", 0), \"RequestTo\" FROM \"Rooms\" WHERE \"Id\" = ANY($1) ORDER BY \"Id\" FOR UPDATE";

    /// <summary>The same without waiting; the result tells which of them could be locked.</summary>
    private const string TryLockDirectSql =
        "SELECT k, pg_try_advisory_xact_lock(hashtextextended(k, 0)) FROM (SELECT DISTINCT k FROM unnest($1) AS k) AS keys";

    /// <summary>Tells a room that was passed by from one that does not exist.</summary>
    private const string ThereSql = "SELECT \"Id\" FROM \"Rooms\" WHERE \"Id\" = ANY($1)";

    /// <summary>After the lock: whoever waited for it has waited already.</summary>
    private const string TimeSql = "SELECT clock_timestamp(), pg_postmaster_start_time()";

    private const string StandingSql = "SELECT \"Owner\", \"LeftSeq\" IS NULL, \"ReadUpTo\" FROM \"Members\" WHERE \"RoomId\" = $1 AND \"UserId\" = $2";

    // LATERAL … LIMIT 1: one look into the index for each, whatever the planner thinks of the table.
    private const string StandingsSql =
        "SELECT k.room, k.person, m.* FROM unnest($1, $2) AS k(room, person) CROSS JOIN LATERAL (SELECT \"Owner\", \"LeftSeq\" IS NULL, \"ReadUpTo\" "
        + "FROM \"Members\" WHERE \"RoomId\" = k.room AND \"UserId\" = k.person LIMIT 1) m";

    private const string RepeatsSql =
        $"SELECT e.* FROM unnest($1, $2, $3) AS k(room, sender, client) CROSS JOIN LATERAL (SELECT {PostgresEvents.Columns} "
        + "FROM \"Events\" WHERE \"RoomId\" = k.room AND \"ClientId\" = k.client AND \"SenderId\" = k.sender LIMIT 1) e";

    private const string TargetsSql =
        $"SELECT e.* FROM unnest($1, $2) AS k(room, seq) CROSS JOIN LATERAL (SELECT {PostgresEvents.Columns} "
        + "FROM \"Events\" WHERE \"RoomId\" = k.room AND \"Seq\" = k.seq LIMIT 1) e";

    private readonly Dictionary<string, FoundRoom> _locked = [];
    private readonly Dictionary<(string Room, string User), Standing> _standings = [];

    /// <summary>Rooms, and keys of direct rooms, that this transaction did not wait for.</summary>
    private readonly HashSet<string> _passedBy = [];

    /// <summary>The rooms that the last transaction with them passed by.</summary>
    private readonly HashSet<string> _held = [];
    private readonly HashSet<string> _changedMembers = [];
    private readonly Dictionary<(string Room, long Seq), Known> _known = [];
    private readonly Dictionary<(string Room, string Sender, string ClientId), Known> _byClientId = [];

    /// <summary>Begins a transaction, locks what its subjects are about, and looks up what they ask for.</summary>
    /// <param name="subjects">What will be written.</param>
    /// <param name="passBy">Whether to refuse writes to rooms that somebody else has locked, instead of waiting for
    /// them.</param>
    private DateTime Look(IReadOnlyList<Subject> subjects, bool passBy)
    {
        Clear();
        _connection ??= Open();
        // Not the database's default: the appender must read rows as they are after the lock, not as they were before.
        _transaction = _connection.BeginTransaction(IsolationLevel.ReadCommitted);
        var rooms = new HashSet<string>();
        var standings = new HashSet<(string Room, string User)>();
        var repeats = new HashSet<(string Room, string Sender, string ClientId)>();
        var targets = new HashSet<(string Room, long Seq)>();
        var directKeys = new List<string>();
        foreach (var subject in subjects)
        {
            if (subject.DirectKey is { } key)
                directKeys.Add(key);
            if (subject.RoomId is not { } room)
                continue;
            rooms.Add(room);
            if (subject.UserId is { } user)
                standings.Add((room, user));
            if (subject.OtherId is { } other)
                standings.Add((room, other));
            foreach (var draft in subject.Drafts ?? [])
            {
                repeats.Add((room, subject.UserId!, draft.ClientId));
                if ((draft.Target ?? draft.ReplyTo) is { } target)
                    targets.Add((room, target));
            }
        }

        using var batch = NewBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(s_settingsSql));
        if (directKeys.Count > 0)
            batch.BatchCommands.Add(Command(passBy ? TryLockDirectSql : LockDirectSql, directKeys.ToArray()));
        batch.BatchCommands.Add(Command(passBy ? $"{LockSql} SKIP LOCKED" : LockSql, rooms.ToArray()));
        if (passBy)
            batch.BatchCommands.Add(Command(ThereSql, rooms.ToArray()));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TimeSql));
        batch.BatchCommands.Add(Command(StandingsSql, [.. standings.Select(s => s.Room)], standings.Select(s => s.User).ToArray()));
        if (repeats.Count > 0)
            batch.BatchCommands.Add(Command(RepeatsSql, [.. repeats.Select(r => r.Room)], [.. repeats.Select(r => r.Sender)], repeats.Select(r => r.ClientId).ToArray()));
        if (targets.Count > 0)
            batch.BatchCommands.Add(Command(TargetsSql, [.. targets.Select(t => t.Room)], targets.Select(t => t.Seq).ToArray()));
        return Guarded(() =>
        {
            using var rows = batch.ExecuteReader();
            rows.NextResult();
            if (directKeys.Count > 0)
            {
                while (rows.Read())
                {
                    if (passBy && !rows.GetBoolean(1))
                        _passedBy.Add(rows.GetString(0));
                }
                rows.NextResult();
            }
            while (rows.Read())
                _locked[rows.GetString(0)] = new FoundRoom((RoomKind)rows.GetInt32(1), rows.GetInt64(2),
                    rows.GetInt64(3), rows.GetInt64(4),
                    rows.IsDBNull(5) ? null : rows.GetString(5));
            if (passBy)
            {
                rows.NextResult();
                while (rows.Read())
                {
                    if (!_locked.ContainsKey(rows.GetString(0)))
                        _passedBy.Add(rows.GetString(0));
                }
            }
            rows.NextResult();
            rows.Read();
            var now = rows.GetDateTime(0);
            Generation = StoreGeneration.OfServer(rows.GetDateTime(1));
            rows.NextResult();
            while (rows.Read())
                _standings[(rows.GetString(0), rows.GetString(1))] = new Standing(Present: rows.GetBoolean(3), Owner: rows.GetBoolean(2), ReadUpTo: rows.GetInt64(4));
            while (rows.NextResult())
            {
                while (rows.Read())
                    Know(PostgresEvents.Read(rows));
            }
            Remember(rooms, directKeys);
            return now;
        });
    }

    /// <summary>Notes which of these rooms somebody else holds, and forgets those that this transaction could
    /// lock.</summary>
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

    private bool IsHeld(Subject subject) =>
        (subject.RoomId is { } room && _held.Contains(room)) || (subject.DirectKey is { } key && _held.Contains(key));

    /// <summary>Throws for a room, or a direct room's key, that was not waited for.</summary>
    private void RefusePassedBy(string key)
    {
        if (_passedBy.Contains(key))
            throw new ChatException(ErrorCodes.Unavailable,
                "somebody else holds this room for too long; try again with the same client id");
    }

    /// <summary>Memberships that this transaction has changed are asked for again.</summary>
    private Standing LookAgain(string roomId, string userId)
    {
        Flush();
        using var batch = NewBatch();
        batch.BatchCommands.Add(Command(StandingSql, roomId, userId));
        return Guarded(() =>
        {
            using var row = batch.ExecuteReader();
            return row.Read() ? new Standing(Present: row.GetBoolean(1), Owner: row.GetBoolean(0), ReadUpTo: row.GetInt64(2)) : default;
        });
    }

    private void Know(ChatEvent e)
    {
        if (_known.ContainsKey((e.RoomId, e.Seq)))
            return;
        var known = new Known { Event = e };
        _known.Add((e.RoomId, e.Seq), known);
        if (e.ClientId is not null)
            _byClientId.Add((e.RoomId, e.Sender.Id, e.ClientId), known);
    }

    private NpgsqlBatch NewBatch() => new(_connection, _transaction);

    /// <summary>A server that became a standby answers, but not to us: its connections go, and the next try finds who took over.</summary>
    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (PostgresErrors.IsReadOnly(e))
        {
            source.Clear();
            NpgsqlConnection.ClearAllPools();
            Drop();
            throw;
        }
    }

    private static NpgsqlBatchCommand Command<T>(string sql, T value) => new(sql) { Parameters = { PostgresSource.Value(value) } };

    private static NpgsqlBatchCommand Command<T>(string sql, string[] first, T[] second) =>
        new(sql) { Parameters = { PostgresSource.Value(first), PostgresSource.Value(second) } };

    private static NpgsqlBatchCommand Command(string sql, string[] first, string[] second, string[] third) =>
        new(sql) { Parameters = { PostgresSource.Value(first), PostgresSource.Value(second), PostgresSource.Value(third) } };

    private static NpgsqlBatchCommand Command(string sql, string first, string second) =>
        new(sql) { Parameters = { PostgresSource.Value(first), PostgresSource.Value(second) } };

    /// <summary>An event as this transaction sees it.</summary>
    private sealed class Known
    {
        public required ChatEvent Event { get; set; }
    }
}

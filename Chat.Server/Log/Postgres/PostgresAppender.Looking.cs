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
                set_config('lock_timeout', $1, true),
                set_config('statement_timeout', '{PostgresSource.StatementPatience.TotalMilliseconds}', true),
                set_config('idle_in_transaction_session_timeout', '{PostgresSource.Silence.TotalMilliseconds}', true),
                set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
         """);

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

    private readonly Dictionary<(string Room, string User), Standing> _standings = [];

    private readonly HashSet<string> _changedMembers = [];
    private readonly Dictionary<(string Room, long Seq), Known> _known = [];
    private readonly Dictionary<(string Room, string Sender, string ClientId), Known> _byClientId = [];

    /// <summary>Begins a transaction, locks what its subjects are about, and looks up what they ask for.</summary>
    /// <param name="subjects">What will be written.</param>
    /// <param name="wait">
    /// The longest wait for each lock that is not known to be held; null to wait for none.
    /// </param>
    private DateTime Look(IReadOnlyList<Subject> subjects, TimeSpan? wait)
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

        var triedKeys = directKeys.Where(k => wait is null || _held.ContainsKey(k)).ToArray();
        var triedRooms = rooms.Where(r => wait is null || _held.ContainsKey(r)).ToArray();
        var lockTimeout = (wait ?? PostgresSource.LockPatience).TotalMilliseconds;
        using var batch = NewBatch();
        batch.BatchCommands.Add(Command(s_settingsSql, lockTimeout.ToString(CultureInfo.InvariantCulture)));
        // First those that are waited for, in order. A transaction that took others before and then waits could be part
        // of a circle.
        if (directKeys.Count > triedKeys.Length)
            batch.BatchCommands.Add(Command(LockDirectSql, directKeys.Except(triedKeys).ToArray()));
        batch.BatchCommands.Add(Command(LockSql, rooms.Except(triedRooms).ToArray()));
        if (triedKeys.Length > 0)
            batch.BatchCommands.Add(Command(TryLockDirectSql, triedKeys));
        if (triedRooms.Length > 0)
        {
            batch.BatchCommands.Add(Command($"{LockSql} SKIP LOCKED", triedRooms));
            batch.BatchCommands.Add(Command(HoldersSql, triedRooms));
        }
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
            if (directKeys.Count > triedKeys.Length)
                rows.NextResult();
            ReadLocked(rows);
            if (triedKeys.Length > 0)
            {
                rows.NextResult();
                while (rows.Read())
                {
                    if (!rows.GetBoolean(1))
                        NotLocked(rows.GetString(0), rows.IsDBNull(2) ? null : rows.GetString(2));
                }
            }
            if (triedRooms.Length > 0)
            {
                rows.NextResult();
                ReadLocked(rows);
                rows.NextResult();
                while (rows.Read())
                {
                    if (!_locked.ContainsKey(rows.GetString(0)))
                        NotLocked(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetString(1));
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
            ForgetHeld(rooms.Concat(directKeys));
            return now;
        });
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

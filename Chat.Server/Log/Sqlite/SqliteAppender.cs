using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// Writes on the one connection that writes, which it owns. That nobody else does is what SQLite has in place of row locks; every row is
/// looked up when it is asked for, which costs microseconds here.
/// </summary>
internal sealed partial class SqliteAppender : Appender
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin, _commit, _rollback;
    private readonly SqliteStatement _insertEvent, _eventByClientId, _eventBySeq, _blank, _blankEdits;
    private readonly SqliteStatement _room, _setHead, _memberChanges, _insertRoom, _directRoom, _changeRoom;
    private readonly SqliteStatement _member, _putMember, _forgetInvitation, _endMember, _handOver, _markRead, _probe;

    public SqliteAppender(SqliteConnection connection, string generation, TimeProvider time)
    {
        (_connection, Generation, _time) = (connection, generation, time);

        // IMMEDIATE takes the write lock now: a transaction that upgrades later may fail at once instead of waiting.
        _begin = Sql("BEGIN IMMEDIATE");
        _commit = Sql("COMMIT");
        _rollback = Sql("ROLLBACK");
        _insertEvent = Sql(SqliteEvents.InsertSql);
        _eventByClientId = Sql($"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"SenderId\" = ?2 AND \"ClientId\" = ?3");
        _eventBySeq = Sql($"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" = ?2");
        _blank = Sql("UPDATE \"Events\" SET \"Body\" = NULL WHERE \"RoomId\" = ?1 AND \"Seq\" = ?2");
        // Without statistics SQLite prefers any part of the primary key, and would read the whole room.
        _blankEdits = Sql(
            "UPDATE \"Events\" INDEXED BY \"IX_Events_RoomId_Target\" SET \"Body\" = NULL WHERE \"RoomId\" = ?1 AND \"Target\" = ?2 AND \"Type\" = 'edit'");
        _room = Sql("SELECT \"Kind\", \"Head\", coalesce(\"MemberCount\", 0), coalesce(\"CountedAt\", 0), \"RequestTo\" FROM \"Rooms\" WHERE \"Id\" = ?1");
        _setHead = Sql(
            "UPDATE \"Rooms\" SET \"Head\" = ?2, \"MemberCount\" = ?3, \"CountedAt\" = ?2 WHERE \"Id\" = ?1");
        _memberChanges = Sql(
            "SELECT coalesce(sum(CASE \"Type\" WHEN 'join' THEN 1 WHEN 'leave' THEN -1 ELSE 0 END), 0) FROM \"Events\" "
            + "WHERE \"RoomId\" = ?1 AND \"Seq\" > ?2 AND \"Seq\" <= ?3");
        _insertRoom = Sql("INSERT INTO \"Rooms\" (\"Id\", \"Kind\", \"Name\", \"NameKey\", \"Topic\", \"Head\", \"DirectKey\") VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)");
        _directRoom = Sql("SELECT \"Id\" FROM \"Rooms\" WHERE \"DirectKey\" = ?1");
        _changeRoom = Sql("UPDATE \"Rooms\" SET \"Name\" = coalesce(?2, \"Name\"), \"NameKey\" = coalesce(?3, \"NameKey\"), \"Topic\" = coalesce(?4, \"Topic\") WHERE \"Id\" = ?1");
        _member = Sql("SELECT \"Owner\", \"LeftSeq\", \"ReadUpTo\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _putMember = Sql(
            "INSERT INTO \"Members\" (\"RoomId\", \"UserId\", \"UserName\", \"Owner\", \"JoinSeq\", \"LeftSeq\", \"ReadUpTo\", \"UserKind\") "
            + "VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?5, ?6) "
            + "ON CONFLICT (\"RoomId\", \"UserId\") DO UPDATE SET \"JoinSeq\" = ?5, \"LeftSeq\" = NULL, "
            + "\"LeftAt\" = NULL, \"ReadUpTo\" = max(\"ReadUpTo\", ?5), "
            + "\"UserKind\" = coalesce(?6, \"UserKind\")");
        _forgetInvitation = Sql("DELETE FROM \"RoomInvitations\" WHERE \"UserId\" = ?1 AND \"RoomId\" = ?2");
        _endMember = Sql(
            "UPDATE \"Members\" SET \"LeftSeq\" = ?3, \"LeftAt\" = ?4, \"Owner\" = 0 "
            + "WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _handOver = Sql(
            "UPDATE \"Members\" SET \"Owner\" = 1 WHERE \"RoomId\" = ?1 "
            + "AND \"UserId\" = (SELECT \"UserId\" FROM \"Members\" INDEXED BY \"IX_Members_RoomId_Owner_JoinSeq\" "
            + "WHERE \"RoomId\" = ?1 AND \"LeftSeq\" IS NULL AND \"Owner\" = 0 ORDER BY \"JoinSeq\" LIMIT 1) "
            + "AND NOT EXISTS (SELECT 1 FROM \"Members\" INDEXED BY \"IX_Members_RoomId_Owner_JoinSeq\" "
            + "WHERE \"RoomId\" = ?1 AND \"LeftSeq\" IS NULL AND \"Owner\" = 1)");
        _markRead = Sql("UPDATE \"Members\" SET \"ReadUpTo\" = ?3 WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _probe = Sql("UPDATE \"Probe\" SET \"At\" = ?1");
    }

    public override void Probe() => _probe.Execute(_time.GetUtcNow().ToUnixTimeMilliseconds());

    public override void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _connection.Dispose();
    }

    protected override DateTime BeginTransaction(IReadOnlyList<Subject> subjects)
    {
        RequireFile();
        _begin.Execute();
        return _time.GetUtcNow().UtcDateTime;
    }

    protected override void Flush()
    {
        // Nothing is kept back.
    }

    /// <summary>The appender acknowledges a write only if the file is still at this path after the commit.</summary>
    protected override void CommitTransaction()
    {
        _commit.Execute();
        if (SqliteFile.HasMoved(_connection))
            throw DatabaseErrors.Unavailable(SqliteFile.Moved());
    }

    protected override void RollBackTransaction()
    {
        // A full disk or an I/O error may have rolled back already.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            _rollback.Execute();
    }

    /// <summary>The appender writes nothing into a file that the next start will not find.</summary>
    private void RequireFile()
    {
        if (SqliteFile.HasMoved(_connection))
            throw SqliteFile.Moved();
    }

    private SqliteStatement Sql(string sql)
    {
        var statement = new SqliteStatement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }
}

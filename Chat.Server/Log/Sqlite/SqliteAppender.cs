using Chat.Contracts;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// The rules of writing, on the one connection that writes, which it owns. Used by the committing thread only, between <see cref="Begin"/>
/// and <see cref="Commit"/> or <see cref="Rollback"/>. A rule that refuses throws <see cref="ChatException"/> before it has written.
/// </summary>
internal sealed partial class SqliteAppender : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly SqliteStatement _begin, _commit, _rollback;
    private readonly SqliteStatement _insertEvent, _eventByClientId, _eventBySeq, _blank;
    private readonly SqliteStatement _room, _setHead, _insertRoom, _directRoom, _changeRoom;
    private readonly SqliteStatement _member, _putMember, _endMember, _handOver, _markRead, _probe;

    private readonly Dictionary<string, OpenRoom> _rooms = [];
    private readonly List<ChatEvent> _events = [];
    private DateTime _now;

    public SqliteAppender(SqliteConnection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        SqliteStatement Sql(string sql) => new(connection, sql);

        // IMMEDIATE takes the write lock now: a transaction that upgrades later may fail at once instead of waiting.
        _begin = Sql("BEGIN IMMEDIATE");
        _commit = Sql("COMMIT");
        _rollback = Sql("ROLLBACK");
        _insertEvent = Sql(SqliteEvents.InsertSql);
        _eventByClientId = Sql($"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"SenderId\" = ?2 AND \"ClientId\" = ?3");
        _eventBySeq = Sql($"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" = ?2");
        _blank = Sql("UPDATE \"Events\" SET \"Body\" = NULL WHERE \"RoomId\" = ?1 AND (\"Seq\" = ?2 OR (\"Target\" = ?2 AND \"Type\" = 'edit'))");
        _room = Sql("SELECT \"Kind\", \"Head\" FROM \"Rooms\" WHERE \"Id\" = ?1");
        _setHead = Sql("UPDATE \"Rooms\" SET \"Head\" = ?2 WHERE \"Id\" = ?1");
        _insertRoom = Sql("INSERT INTO \"Rooms\" (\"Id\", \"Kind\", \"Name\", \"NameKey\", \"Topic\", \"Head\", \"DirectKey\") VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)");
        _directRoom = Sql("SELECT \"Id\" FROM \"Rooms\" WHERE \"DirectKey\" = ?1");
        _changeRoom = Sql("UPDATE \"Rooms\" SET \"Name\" = coalesce(?2, \"Name\"), \"NameKey\" = coalesce(?3, \"NameKey\"), \"Topic\" = coalesce(?4, \"Topic\") WHERE \"Id\" = ?1");
        _member = Sql("SELECT \"Owner\", \"LeftSeq\", \"ReadUpTo\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _putMember = Sql(
            "INSERT INTO \"Members\" (\"RoomId\", \"UserId\", \"UserName\", \"Owner\", \"JoinSeq\", \"LeftSeq\", \"ReadUpTo\") VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?5) "
            + "ON CONFLICT (\"RoomId\", \"UserId\") DO UPDATE SET \"JoinSeq\" = ?5, \"LeftSeq\" = NULL, \"ReadUpTo\" = max(\"ReadUpTo\", ?5)");
        _endMember = Sql("UPDATE \"Members\" SET \"LeftSeq\" = ?3, \"Owner\" = 0 WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _handOver = Sql(
            "UPDATE \"Members\" SET \"Owner\" = 1 WHERE \"RoomId\" = ?1 "
            + "AND \"UserId\" = (SELECT \"UserId\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"LeftSeq\" IS NULL ORDER BY \"JoinSeq\" LIMIT 1) "
            + "AND NOT EXISTS (SELECT 1 FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"LeftSeq\" IS NULL AND \"Owner\")");
        _markRead = Sql("UPDATE \"Members\" SET \"ReadUpTo\" = ?3 WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        _probe = Sql("UPDATE \"Probe\" SET \"At\" = ?1");
    }

    public void Begin()
    {
        _begin.Execute();
        _now = Truncate(_time.GetUtcNow().UtcDateTime);
    }

    /// <summary>Commits and syncs; answers with the transaction's events, in the order of their numbers within each room.</summary>
    public IReadOnlyList<ChatEvent> Commit()
    {
        foreach (var room in _rooms.Values.Where(r => r.Changed))
            _setHead.Execute(room.Id, room.Head);
        CrashPoint.Reach(CrashPoint.BeforeCommit);
        _commit.Execute();
        CrashPoint.Reach(CrashPoint.AfterCommit);
        var events = _events.ToArray();
        Forget();
        return events;
    }

    public void Rollback()
    {
        Forget();
        // A full disk or an I/O error may have rolled back already.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            _rollback.Execute();
    }

    public void Probe() => _probe.Execute(_time.GetUtcNow().ToUnixTimeMilliseconds());

    public void Dispose()
    {
        SqliteStatement[] all =
        [
            _begin, _commit, _rollback, _insertEvent, _eventByClientId, _eventBySeq, _blank, _room, _setHead, _insertRoom, _directRoom,
            _changeRoom, _member, _putMember, _endMember, _handOver, _markRead, _probe,
        ];
        foreach (var statement in all)
            statement.Dispose();
        _connection.Dispose();
    }

    private void Forget()
    {
        _rooms.Clear();
        _events.Clear();
    }

    private OpenRoom Room(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var known))
            return known;
        using var row = _room.Query(roomId);
        if (!row.Read())
            throw new ChatException(ErrorCodes.NotFound, "no such room");
        return _rooms[roomId] = new OpenRoom(roomId, (RoomKind)row.GetInt64(0), row.GetInt64(1));
    }

    private Standing Member(OpenRoom room, string userId)
    {
        if (room.Standings.TryGetValue(userId, out var known))
            return known;
        using var row = _member.Query(room.Id, userId);
        return room.Standings[userId] = row.Read()
            ? new Standing(Present: row.IsNull(1), Owner: row.GetBoolean(0), ReadUpTo: row.GetInt64(2))
            : default;
    }

    /// <summary>A stranger learns nothing of a private or direct room, not even that it is there.</summary>
    private Standing RequireMember(OpenRoom room, string userId)
    {
        var standing = Member(room, userId);
        if (standing.Present)
            return standing;
        throw room.Kind == RoomKind.Public
            ? new ChatException(ErrorCodes.Forbidden, "you are not a member of this room; join it first")
            : new ChatException(ErrorCodes.NotFound, "no such room");
    }

    /// <summary>Gives an event the room's next number and stores it; false if its client id is taken.</summary>
    private bool TryAppend(OpenRoom room, ChatEvent e)
    {
        if (SqliteEvents.Insert(_insertEvent, e) == 0)
            return false;
        room.Head = e.Seq;
        room.Changed = true;
        _events.Add(e);
        return true;
    }

    private ChatEvent Next(OpenRoom room, string type, UserRef sender) => new()
    {
        RoomId = room.Id,
        Seq = room.Head + 1,
        Id = Identifier.OfEvent(room.Id, room.Head + 1),
        Type = type,
        Sender = sender,
        At = _now,
    };

    private static DateTime Truncate(DateTime time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);

    /// <summary>A room that this transaction has touched.</summary>
    private sealed class OpenRoom(string id, RoomKind kind, long head)
    {
        public string Id { get; } = id;

        public RoomKind Kind { get; } = kind;

        public long Head { get; set; } = head;

        public bool Changed { get; set; }

        public Dictionary<string, Standing> Standings { get; } = [];
    }

    /// <summary>How a person stands to a room.</summary>
    private readonly record struct Standing(bool Present, bool Owner, long ReadUpTo);
}

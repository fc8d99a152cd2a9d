using Chat.Contracts;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>Reads what was looked up at the beginning; keeps back what is written and sends it at once.</summary>
internal sealed partial class PostgresAppender
{
    /// <summary>
    /// A COMMIT that waits for a synchronous standby and is told to stop waiting reports success. Nothing tells it: whoever waits for it here gives up the
    /// connection instead.
    /// </summary>
    private const string NoLimitSql = "SELECT set_config('statement_timeout', '0', true)";

    private const string PresentSql = "SELECT count(*) FROM \"Members\" WHERE \"RoomId\" = $1 AND \"LeftSeq\" IS NULL";

    private readonly Dictionary<string, (long Head, long Members)> _heads = [];
    private readonly Dictionary<(string Room, string User), long> _readUpTo = [];
    private readonly List<ChatEvent> _inserts = [];
    private readonly List<(string Room, long Seq)> _blanks = [];
    private readonly List<NpgsqlBatchCommand> _others = [];

    /// <summary>A row that another node writes at this moment shows that writing works: nobody waits for it.</summary>
    public override void Probe() => _others.Add(new NpgsqlBatchCommand(
        "UPDATE \"Probe\" SET \"At\" = (extract(epoch FROM clock_timestamp()) * 1000)::bigint "
        + "WHERE \"Id\" = (SELECT \"Id\" FROM \"Probe\" ORDER BY \"Id\" LIMIT 1 FOR UPDATE SKIP LOCKED)"));

    protected override void Flush()
    {
        using var batch = NewBatch();
        if (_inserts.Count > 0)
            batch.BatchCommands.Add(PostgresEvents.Insert(_inserts));
        if (_blanks.Count > 0)
        {
            // These are two statements, because a single one with OR would use no index and read the whole room.
            const string blank =
                "UPDATE \"Events\" e SET \"Body\" = NULL FROM unnest($1, $2) AS b(room, seq) "
                + "WHERE e.\"RoomId\" = b.room AND ";
            var (rooms, seqs) = (_blanks.Select(b => b.Room).ToArray(), _blanks.Select(b => b.Seq).ToArray());
            batch.BatchCommands.Add(Command(blank + "e.\"Seq\" = b.seq", rooms, seqs));
            batch.BatchCommands.Add(Command(blank + "e.\"Target\" = b.seq AND e.\"Type\" = 'edit'", rooms, seqs));
        }
        foreach (var other in _others)
            batch.BatchCommands.Add(other);
        if (_readUpTo.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "UPDATE \"Members\" m SET \"ReadUpTo\" = greatest(m.\"ReadUpTo\", r.seq) FROM unnest($1, $2, $3) AS r(room, person, seq) WHERE m.\"RoomId\" = r.room AND m.\"UserId\" = r.person")
            {
                Parameters =
                {
                    PostgresSource.Value(_readUpTo.Keys.Select(k => k.Room).ToArray()), PostgresSource.Value(_readUpTo.Keys.Select(k => k.User).ToArray()),
                    PostgresSource.Value(_readUpTo.Values.ToArray()),
                },
            });
        }
        if (_heads.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "UPDATE \"Rooms\" r SET \"Head\" = h.head, \"MemberCount\" = h.members, \"CountedAt\" = h.head "
                + "FROM unnest($1, $2, $3) AS h(room, head, members) WHERE r.\"Id\" = h.room")
            {
                Parameters =
                {
                    PostgresSource.Value(_heads.Keys.ToArray()),
                    PostgresSource.Value(_heads.Values.Select(h => h.Head).ToArray()),
                    PostgresSource.Value(_heads.Values.Select(h => h.Members).ToArray()),
                },
            });
        }
        if (batch.BatchCommands.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(NoLimitSql));
            Guarded(batch.ExecuteNonQuery);
        }
        Flushed();
    }

    protected override FoundRoom? FindRoom(string roomId)
    {
        RefusePassedBy(roomId);
        if (!_locked.TryGetValue(roomId, out var room))
            return null;
        // The members are counted for the first time. A join or leave needs the lock that this transaction has.
        return room.MemberCount >= 0 ? room : room with { MemberCount = CountPresent(roomId), CountedAt = room.Head };
    }

    private long CountPresent(string roomId)
    {
        using var batch = NewBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PresentSql) { Parameters = { PostgresSource.Value(roomId) } });
        return (long)Guarded(batch.ExecuteScalar)!;
    }

    protected override string? FindDirectRoom(string directKey)
    {
        RefusePassedBy(directKey);
        using var batch = NewBatch();
        batch.BatchCommands.Add(Command(DirectRoomSql, directKey));
        return (string?)Guarded(batch.ExecuteScalar);
    }

    /// <summary>At once, not kept back: another node may be making the same one, and who comes second waits here for the first.</summary>
    protected override bool TryInsertRoom(string roomId, RoomKind kind, string name, string topic, string? directKey)
    {
        using var batch = NewBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "INSERT INTO \"Rooms\" (\"Id\", \"Kind\", \"Name\", \"NameKey\", \"Topic\", \"Head\", \"DirectKey\") VALUES ($1, $2, $3, $4, $5, 0, $6) "
            + "ON CONFLICT (\"DirectKey\") DO NOTHING")
        {
            Parameters =
            {
                PostgresSource.Value(roomId), PostgresSource.Value((int)kind), PostgresSource.Value(name), PostgresSource.Value(NameKey.Of(name)),
                PostgresSource.Value(topic), PostgresSource.Value(directKey),
            },
        });
        return Guarded(batch.ExecuteNonQuery) > 0;
    }

    protected override void SetHead(string roomId, long head, long members) => _heads[roomId] = (head, members);

    protected override long CountMemberChanges(string roomId, long after, long upTo)
    {
        using var batch = NewBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "SELECT coalesce(sum(CASE \"Type\" WHEN 'join' THEN 1 WHEN 'leave' THEN -1 ELSE 0 END), 0)::bigint FROM \"Events\" "
            + "WHERE \"RoomId\" = $1 AND \"Seq\" > $2 AND \"Seq\" <= $3")
        {
            Parameters = { PostgresSource.Value(roomId), PostgresSource.Value(after), PostgresSource.Value(upTo) },
        });
        return (long)Guarded(batch.ExecuteScalar)!;
    }

    protected override void UpdateRoom(string roomId, string? name, string? nameKey, string? topic) => _others.Add(new NpgsqlBatchCommand(
        "UPDATE \"Rooms\" SET \"Name\" = coalesce($2, \"Name\"), \"NameKey\" = coalesce($3, \"NameKey\"), \"Topic\" = coalesce($4, \"Topic\") WHERE \"Id\" = $1")
    {
        Parameters = { PostgresSource.Value(roomId), PostgresSource.Value(name), PostgresSource.Value(nameKey), PostgresSource.Value(topic) },
    });

    protected override Standing FindStanding(string roomId, string userId) =>
        _changedMembers.Contains(roomId) ? LookAgain(roomId, userId) : _standings.GetValueOrDefault((roomId, userId));

    protected override void PutMember(string roomId, UserRef member, bool owner, long joinSeq) => ChangeMembers(roomId, new NpgsqlBatchCommand(
        "INSERT INTO \"Members\" AS m (\"RoomId\", \"UserId\", \"UserName\", \"Owner\", \"JoinSeq\", \"LeftSeq\", \"ReadUpTo\", \"UserKind\") "
        + "VALUES ($1, $2, $3, $4, $5, NULL, $5, $6) "
        + "ON CONFLICT (\"RoomId\", \"UserId\") DO UPDATE SET \"JoinSeq\" = $5, \"LeftSeq\" = NULL, "
        + "\"LeftAt\" = NULL, \"ReadUpTo\" = greatest(m.\"ReadUpTo\", $5), "
        + "\"UserKind\" = coalesce($6, m.\"UserKind\")")
    {
        Parameters =
        {
            PostgresSource.Value(roomId), PostgresSource.Value(member.Id), PostgresSource.Value(member.Name), PostgresSource.Value(owner), PostgresSource.Value(joinSeq),
            PostgresSource.Value((int?)member.Kind),
        },
    });

    protected override void ForgetInvitation(string userId, string roomId) => _others.Add(Command(
        "DELETE FROM \"RoomInvitations\" WHERE \"UserId\" = $1 AND \"RoomId\" = $2", userId, roomId));

    protected override void EndMember(string roomId, string userId, long leaveSeq, DateTime at) => ChangeMembers(
        roomId, new NpgsqlBatchCommand(
        "UPDATE \"Members\" SET \"LeftSeq\" = $3, \"LeftAt\" = $4, \"Owner\" = false "
        + "WHERE \"RoomId\" = $1 AND \"UserId\" = $2")
    {
        Parameters = { PostgresSource.Value(roomId), PostgresSource.Value(userId), PostgresSource.Value(leaveSeq),
            PostgresSource.Value(new DateTimeOffset(at).ToUnixTimeMilliseconds()) },
    });

    protected override void HandOver(string roomId) => ChangeMembers(roomId, Command(
        "UPDATE \"Members\" SET \"Owner\" = true WHERE \"RoomId\" = $1 "
        + "AND \"UserId\" = (SELECT \"UserId\" FROM \"Members\" WHERE \"RoomId\" = $1 AND \"LeftSeq\" IS NULL AND \"Owner\" = false ORDER BY \"JoinSeq\" LIMIT 1) "
        + "AND NOT EXISTS (SELECT 1 FROM \"Members\" WHERE \"RoomId\" = $1 AND \"LeftSeq\" IS NULL AND \"Owner\" = true)", roomId));

    protected override void SetReadUpTo(string roomId, string userId, long seq) => _readUpTo[(roomId, userId)] = seq;

    protected override ChatEvent? FindEvent(string roomId, long seq) => _known.GetValueOrDefault((roomId, seq))?.Event;

    protected override ChatEvent? FindEvent(string roomId, string senderId, string clientId) =>
        _byClientId.GetValueOrDefault((roomId, senderId, clientId))?.Event;

    protected override bool TryInsertEvent(ChatEvent e)
    {
        if (e.ClientId is not null && _byClientId.ContainsKey((e.RoomId, e.Sender.Id, e.ClientId)))
            return false;
        _inserts.Add(e);
        Know(e);
        return true;
    }

    protected override void Blank(string roomId, long seq)
    {
        _blanks.Add((roomId, seq));
        foreach (var known in _known.Values)
        {
            if (known.Event.RoomId == roomId && (known.Event.Seq == seq || (known.Event.Target == seq && known.Event.Type == EventTypes.Edit)))
                known.Event = known.Event with { Body = null };
        }
    }

    private void ChangeMembers(string roomId, NpgsqlBatchCommand command)
    {
        _others.Add(command);
        _changedMembers.Add(roomId);
    }

    /// <summary>Nothing of an earlier transaction is left.</summary>
    private void Clear()
    {
        Flushed();
        _locked.Clear();
        _passedBy.Clear();
        _notLocked.Clear();
        _busy.Clear();
        _standings.Clear();
        _changedMembers.Clear();
        _known.Clear();
        _byClientId.Clear();
    }

    private void Flushed()
    {
        _inserts.Clear();
        _blanks.Clear();
        _others.Clear();
        _readUpTo.Clear();
        _heads.Clear();
    }
}

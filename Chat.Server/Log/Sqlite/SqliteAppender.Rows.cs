using Chat.Contracts;

namespace Chat.Server.Log.Sqlite;

/// <summary>One row at a time.</summary>
internal sealed partial class SqliteAppender
{
    protected override FoundRoom? FindRoom(string roomId)
    {
        using var row = _room.Query(roomId);
        return row.Read() ? new FoundRoom((RoomKind)row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3),
            row.GetStringOrNull(4)) : null;
    }

    protected override string? FindDirectRoom(string directKey)
    {
        using var row = _directRoom.Query(directKey);
        return row.Read() ? row.GetString(0) : null;
    }

    protected override bool TryInsertRoom(string roomId, RoomKind kind, string name, string topic, string? directKey) =>
        _insertRoom.Execute(roomId, (int)kind, name, NameKey.Of(name), topic, directKey) > 0;

    protected override void SetHead(string roomId, long head, long members) => _setHead.Execute(roomId, head, members);

    protected override long CountMemberChanges(string roomId, long after, long upTo)
    {
        using var row = _memberChanges.Query(roomId, after, upTo);
        return row.Read() ? row.GetInt64(0) : 0;
    }

    protected override void UpdateRoom(string roomId, string? name, string? nameKey, string? topic) =>
        _changeRoom.Execute(roomId, name, nameKey, topic);

    protected override Standing FindStanding(string roomId, string userId)
    {
        using var row = _member.Query(roomId, userId);
        return row.Read() ? new Standing(Present: row.IsNull(1), Owner: row.GetBoolean(0), ReadUpTo: row.GetInt64(2)) : default;
    }

    protected override void PutMember(string roomId, UserRef member, bool owner, long joinSeq) =>
        _putMember.Execute(roomId, member.Id, member.Name, owner, joinSeq, (long?)member.Kind);

    protected override void ForgetInvitation(string userId, string roomId) => _forgetInvitation.Execute(userId, roomId);

    protected override void EndMember(string roomId, string userId, long leaveSeq, DateTime at) =>
        _endMember.Execute(roomId, userId, leaveSeq, new DateTimeOffset(at).ToUnixTimeMilliseconds());

    protected override void HandOver(string roomId) => _handOver.Execute(roomId);

    protected override void SetReadUpTo(string roomId, string userId, long seq) => _markRead.Execute(roomId, userId, seq);

    protected override ChatEvent? FindEvent(string roomId, long seq)
    {
        using var row = _eventBySeq.Query(roomId, seq);
        return row.Read() ? SqliteEvents.Read(row) : null;
    }

    protected override ChatEvent? FindEvent(string roomId, string senderId, string clientId)
    {
        using var row = _eventByClientId.Query(roomId, senderId, clientId);
        return row.Read() ? SqliteEvents.Read(row) : null;
    }

    protected override bool TryInsertEvent(ChatEvent e) => SqliteEvents.Insert(_insertEvent, e) > 0;

    protected override void Blank(string roomId, long seq)
    {
        _blank.Execute(roomId, seq);
        _blankEdits.Execute(roomId, seq);
    }
}

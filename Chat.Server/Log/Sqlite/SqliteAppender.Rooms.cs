using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Log.Sqlite;

/// <summary>Rooms and who is in them.</summary>
internal sealed partial class SqliteAppender
{
    public string Create(RoomKind kind, string name, string topic, UserRef owner)
    {
        var room = Insert(kind, name, topic, directKey: null);
        Admit(room, owner, by: null, owner: true);
        return room.Id;
    }

    public string OpenDirect(UserRef me, UserRef other)
    {
        var key = string.CompareOrdinal(me.Id, other.Id) <= 0 ? $"{me.Id} {other.Id}" : $"{other.Id} {me.Id}";
        using (var row = _directRoom.Query(key))
        {
            if (row.Read())
                return row.GetString(0);
        }
        var room = Insert(RoomKind.Direct, name: "", topic: "", key);
        Admit(room, me, by: null, owner: false);
        if (other.Id != me.Id)
            Admit(room, other, by: me, owner: false);
        return room.Id;
    }

    public void AddMember(string roomId, UserRef member, UserRef by)
    {
        var room = Room(roomId);
        if (member.Id != by.Id || room.Kind != RoomKind.Public)
            RequireMember(room, by.Id);
        if (room.Kind == RoomKind.Direct)
            throw new ChatException(ErrorCodes.Forbidden, "a direct room is between two people");
        if (!Member(room, member.Id).Present)
            Admit(room, member, member.Id == by.Id ? null : by, owner: false);
    }

    public void RemoveMember(string roomId, UserRef member, UserRef by)
    {
        var room = Room(roomId);
        var standing = RequireMember(room, by.Id);
        if (room.Kind == RoomKind.Direct)
            throw new ChatException(ErrorCodes.Forbidden, "a direct room cannot be left");
        if (member.Id != by.Id && !standing.Owner)
            throw new ChatException(ErrorCodes.Forbidden, "only the room's owner may remove a member");
        if (!Member(room, member.Id).Present)
            throw new ChatException(ErrorCodes.NotFound, "no such member");

        var e = Next(room, EventTypes.Leave, member) with { By = member.Id == by.Id ? null : by };
        TryAppend(room, e);
        _endMember.Execute(room.Id, member.Id, e.Seq);
        _handOver.Execute(room.Id);
        room.Standings.Clear();
    }

    public void ChangeRoom(string roomId, RoomChange change, UserRef by)
    {
        var room = Room(roomId);
        var standing = RequireMember(room, by.Id);
        if (room.Kind == RoomKind.Direct)
            throw new ChatException(ErrorCodes.Forbidden, "a direct room has neither name nor topic");
        if (!standing.Owner)
            throw new ChatException(ErrorCodes.Forbidden, "only the room's owner may change its name or topic");
        TryAppend(room, Next(room, EventTypes.Room, by) with { Room = change });
        _changeRoom.Execute(room.Id, change.Name, change.Name is null ? null : NameKey.Of(change.Name), change.Topic);
    }

    public long MarkRead(string roomId, string userId, long seq)
    {
        var room = Room(roomId);
        var standing = RequireMember(room, userId);
        var readUpTo = Math.Max(standing.ReadUpTo, Math.Min(seq, room.Head));
        if (readUpTo == standing.ReadUpTo)
            return readUpTo;
        _markRead.Execute(room.Id, userId, readUpTo);
        room.Standings[userId] = standing with { ReadUpTo = readUpTo };
        return readUpTo;
    }

    private OpenRoom Insert(RoomKind kind, string name, string topic, string? directKey)
    {
        var id = OpaqueId.New();
        _insertRoom.Execute(id, (int)kind, name, NameKey.Of(name), topic, directKey);
        return _rooms[id] = new OpenRoom(id, kind, head: 0);
    }

    private void Admit(OpenRoom room, UserRef member, UserRef? by, bool owner)
    {
        var e = Next(room, EventTypes.Join, member) with { By = by };
        TryAppend(room, e);
        _putMember.Execute(room.Id, member.Id, member.Name, owner, e.Seq);
        // A room that everybody had left belongs to who comes back first; a direct room belongs to nobody.
        if (room.Kind != RoomKind.Direct)
            _handOver.Execute(room.Id);
        room.Standings.Remove(member.Id);
    }
}

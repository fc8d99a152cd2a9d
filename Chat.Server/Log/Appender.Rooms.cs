using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>Rooms and who is in them.</summary>
internal abstract partial class Appender
{
    public string Create(string roomId, RoomKind kind, string name, string topic, UserRef owner)
    {
        TryInsertRoom(roomId, kind, name, topic, directKey: null);
        Admit(Opened(roomId, kind), owner, by: null, owner: true);
        return roomId;
    }

    /// <summary>The direct room of these two: the one they have, or a new one with this id.</summary>
    public string OpenDirect(string roomId, UserRef me, UserRef other)
    {
        var key = DirectKey(me.Id, other.Id);
        if (FindDirectRoom(key) is { } first)
            return first;
        if (!TryInsertRoom(roomId, RoomKind.Direct, name: "", topic: "", key))
            return FindDirectRoom(key)!; // another node was quicker
        var room = Opened(roomId, RoomKind.Direct);
        Admit(room, me, by: null, owner: false);
        if (other.Id != me.Id)
        {
            Admit(room, other, by: me, owner: false);
            HideIfBlocked(room, me, other);
        }
        return room.Id;
    }

    /// <summary>What two people's direct room is found by, whoever of them asks.</summary>
    public static string DirectKey(string one, string other) => string.CompareOrdinal(one, other) <= 0 ? $"{one} {other}" : $"{other} {one}";

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
        EndMember(room.Id, member.Id, e.Seq, e.At);
        room.Members--;
        HandOver(room.Id);
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
        UpdateRoom(room.Id, change.Name, change.Name is null ? null : NameKey.Of(change.Name), change.Topic);
    }

    public ReadMark MarkRead(string roomId, string userId, long seq)
    {
        var room = Room(roomId);
        var standing = RequireMember(room, userId);
        var readUpTo = Math.Max(standing.ReadUpTo, Math.Min(seq, room.Head));
        if (readUpTo == standing.ReadUpTo)
            return new ReadMark(readUpTo, Moved: false);
        SetReadUpTo(room.Id, userId, readUpTo);
        room.Standings[userId] = standing with { ReadUpTo = readUpTo };
        return new ReadMark(readUpTo, Moved: true);
    }

    private OpenRoom Opened(string roomId, RoomKind kind) =>
        _rooms[roomId] = new OpenRoom(roomId, new FoundRoom(kind, Head: 0, MemberCount: 0, CountedAt: 0));

    private void Admit(OpenRoom room, UserRef member, UserRef? by, bool owner)
    {
        var e = Next(room, EventTypes.Join, member) with { By = by };
        TryAppend(room, e);
        PutMember(room.Id, member, owner, e.Seq);
        room.Members++;
        if (room.Kind != RoomKind.Direct)
            ForgetInvitation(member.Id, room.Id);
        // A room that everybody had left belongs to who comes back first; a direct room belongs to nobody.
        if (room.Kind != RoomKind.Direct)
            HandOver(room.Id);
        room.Standings.Remove(member.Id);
    }
}

using Chat.Contracts;
using Microsoft.AspNetCore.Http;

namespace Chat.Server.Transports.Bounds;

/// <summary>About how many bytes an answer has on the wire. Only lists of rooms can be larger than a page.</summary>
internal static class AnswerSize
{
    /// <summary>Of a room and of a member: names of fields, ids, numbers and kinds.</summary>
    private const int RoomFrame = 300, MemberFrame = 80;

    /// <summary>Bytes of UTF-8 that a character of a name or a topic may have.</summary>
    private const int BytesOfCharacter = 3;

    public static long Of(object? result) => result switch
    {
        SyncAnswer sync => Of(sync.Rooms),
        RoomList list => Of(list.Rooms),
        IEnumerable<Room> rooms => Of(rooms),
        IValueHttpResult { Value: { } value } => Of(value),
        _ => 0,
    };

    private static long Of(IEnumerable<Room> rooms) => rooms.Sum(r => (long)RoomFrame
        + ((r.Name.Length + r.Topic.Length) * BytesOfCharacter)
        + r.Members.Sum(m => MemberFrame + (m.Name.Length * BytesOfCharacter)));
}

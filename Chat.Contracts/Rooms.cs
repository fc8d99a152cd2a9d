using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Who may find a room.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RoomKind>))]
public enum RoomKind
{
    /// <summary>Anybody may find and join it.</summary>
    Public,

    /// <summary>By invitation; does not exist for strangers.</summary>
    Private,

    /// <summary>Between two people, for ever.</summary>
    Direct,
}

/// <summary>A room as one of its members sees it.</summary>
public sealed record Room
{
    /// <summary>Opaque.</summary>
    public required string Id { get; init; }

    /// <summary>Who may find it.</summary>
    public required RoomKind Kind { get; init; }

    /// <summary>1–64 characters; a direct room's is the other person's name.</summary>
    public required string Name { get; init; }

    /// <summary>At most 250 characters; may be empty.</summary>
    public string Topic { get; init; } = "";

    /// <summary>The number of the newest event; 0 in a room without any.</summary>
    public long Head { get; init; }

    /// <summary>The highest number this member has marked as read.</summary>
    public long ReadUpTo { get; init; }

    /// <summary>Messages of others after <see cref="ReadUpTo"/>, counted up to 10,000.</summary>
    public int Unread { get; init; }

    /// <summary>
    /// The number of the <c>join</c> that made this person a member.
    /// A client that learns of a room by <c>RoomUpdated</c> takes <c>joined − 1</c> as its first cursor.
    /// </summary>
    public long Joined { get; init; }

    /// <summary>The first 200 by name. <c>GET /api/rooms/{id}/members</c> lists all of them.</summary>
    public IReadOnlyList<UserRef> Members { get; init; } = [];

    /// <summary>The number of present members. 0 from an older server, which does not count them.</summary>
    public int MemberCount { get; init; }

    /// <summary>The id of the room's owner; null in a direct room, which belongs to nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>The ids of its first 20 moderators.</summary>
    public IReadOnlyList<string> Moderators { get; init; } = [];

    /// <summary>Of a direct room: how far the other one has read, by user id. Null for the other kinds.</summary>
    public IReadOnlyDictionary<string, long>? Seen { get; init; }

    /// <summary>
    /// The side that asked, in a direct room that waits for consent. Until the request is answered, the server sends no
    /// presence, typing or read markers in either direction. Null once the request is accepted, and for other kinds of
    /// rooms.
    /// </summary>
    public RequestSide? Request { get; init; }

    /// <summary>The people whom I have invited and who have not answered. Null if there are none.</summary>
    public IReadOnlyList<UserRef>? Invited { get; init; }
}

/// <summary>A member's role in a room.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<MemberRole>))]
public enum MemberRole
{
    /// <summary>A member without further rights.</summary>
    Member,

    /// <summary>A member who keeps order.</summary>
    Moderator,

    /// <summary>The room's owner.</summary>
    Owner,
}

/// <summary>One of a room's members.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Name">The user's name.</param>
/// <param name="Role">The role in this room.</param>
/// <param name="JoinedAt">The time when this membership began, UTC.</param>
/// <param name="Kind">The kind of the account, where it is known.</param>
public sealed record RoomMember(string Id, string Name, MemberRole Role, DateTime JoinedAt, UserKind? Kind = null);

/// <summary>
/// The answer of <c>GET /api/rooms/{id}/members</c>: some members by name, and where the next page begins; null after
/// the last one.
/// </summary>
public sealed record MemberPage(IReadOnlyList<RoomMember> Members, string? Next = null);

/// <summary>The arguments for a page of members.</summary>
/// <param name="Query">A part of the name, in any case and width; null for all.</param>
/// <param name="Before">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">Most members in a page: 1 to 200; 50 if null.</param>
public sealed record MemberQuery(string? Query = null, string? Before = null, int? Limit = null);

/// <summary>The answer of <c>GET /api/rooms</c> and <c>/api/rooms/public</c>.</summary>
public sealed record RoomList(IReadOnlyList<Room> Rooms);

/// <summary>What <c>POST /api/rooms</c> and <c>CreateRoom</c> take; <c>kind</c> is public or private.</summary>
public sealed record NewRoom(string? Name, RoomKind? Kind, string? Topic = null);

/// <summary>A new name or topic, or both; what is null stays as it is.</summary>
public sealed record RoomChange(string? Name = null, string? Topic = null);

/// <summary>The body of <c>PUT /api/rooms/{id}/read</c>.</summary>
public sealed record ReadRequest(long? Seq);

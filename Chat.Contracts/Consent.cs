using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Whose turn it is in a direct room that nobody has agreed to yet.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RequestSide>))]
public enum RequestSide
{
    /// <summary>I asked; the other person has not answered.</summary>
    Mine,

    /// <summary>The other person asked; I may accept or refuse.</summary>
    Theirs,
}

/// <summary>What somebody who is invited may know of the room.</summary>
public sealed record InvitedRoom(string Id, RoomKind Kind, string Name);

/// <summary>Somebody with whom I share no private or direct room wants me in a room.</summary>
/// <param name="Room">The room.</param>
/// <param name="By">The person who invites me.</param>
/// <param name="At">When, UTC.</param>
public sealed record Invitation(InvitedRoom Room, UserRef By, DateTime At);

/// <summary>The body of <c>PUT /api/rooms/{id}/request</c> and <c>PUT /api/account/invitations/{roomId}</c>.</summary>
public sealed record ConsentAnswer(bool? Accept);

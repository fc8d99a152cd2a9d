using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Which side asked for a direct room that waits for consent.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RequestSide>))]
public enum RequestSide
{
    /// <summary>I asked; the other person has not answered.</summary>
    Mine,

    /// <summary>The other person asked; I may accept or refuse.</summary>
    Theirs,
}

/// <summary>The part of a room that an invited person may see.</summary>
public sealed record InvitedRoom(string Id, RoomKind Kind, string Name);

/// <summary>Somebody with whom I share no private or direct room wants me in a room.</summary>
/// <param name="Room">The room.</param>
/// <param name="By">The person who invites me.</param>
/// <param name="At">The time of the invitation, UTC.</param>
public sealed record Invitation(InvitedRoom Room, UserRef By, DateTime At);

/// <summary>The body of <c>PUT /api/rooms/{id}/request</c> and <c>PUT /api/account/invitations/{roomId}</c>.</summary>
public sealed record ConsentAnswer(bool? Accept);

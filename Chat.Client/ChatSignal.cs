using Chat.Contracts;

namespace Chat.Client;

/// <summary>Something worth showing now and not worth keeping: it may be dropped or merged on its way.</summary>
public abstract record ChatSignal;

/// <summary>Somebody is typing in a room; counts for a few seconds.</summary>
public sealed record TypingSignal(string RoomId, string UserId) : ChatSignal;

/// <summary>Who is there.</summary>
public sealed record PresenceSignal(IReadOnlyList<Presence> Users) : ChatSignal;

/// <summary>Somebody has read a room up to a number.</summary>
public sealed record ReadMarkerSignal(string RoomId, string UserId, long Seq) : ChatSignal;

/// <summary>I am in this room, or it changed. <see cref="ChatConnection.Rooms"/> shows it already.</summary>
public sealed record RoomUpdatedSignal(Room Room) : ChatSignal;

/// <summary>
/// The server's database went back in time, so it may no longer hold the events of this room that came before. Forget
/// them. New events start after the room's head, and <see cref="ChatConnection.HistoryAsync"/> reads the rest.
/// </summary>
public sealed record RoomResetSignal(string RoomId) : ChatSignal;
/// <summary>Somebody invites me to a room. <see cref="ChatConnection.Invitations"/> shows it already.</summary>
public sealed record InvitedSignal(Invitation Invitation) : ChatSignal;

/// <summary>I am no longer in this room. <see cref="ChatConnection.Rooms"/> no longer shows it.</summary>
public sealed record RoomRemovedSignal(string RoomId) : ChatSignal;

using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>A client's position in each of its rooms.</summary>
/// <param name="Cursors">The last number that the client has applied in each room.</param>
/// <param name="Generations">
/// The generation of the event with that number, where it had one. Null from a client that does not know generations.
/// </param>
public sealed record SyncRequest(IReadOnlyDictionary<string, long>? Cursors = null,
    IReadOnlyDictionary<string, string>? Generations = null);

/// <summary>Who I am and the rooms I am in.</summary>
/// <param name="User">Who I am.</param>
/// <param name="Rooms">The rooms I am in.</param>
/// <param name="Features">
/// The <see cref="Contracts.Features"/> that every node has now; null from an older server, which has none.
/// </param>
/// <param name="Reset">
/// Rooms in which the event at the client's cursor is not there, or is another one: the database went back in time.
/// Delivery of these rooms starts at their heads, as without a cursor; the client forgets its cursors and events of
/// them. Null if there are none.
/// </param>
public sealed record SyncAnswer(
    User User, IReadOnlyList<Room> Rooms, IReadOnlyList<string>? Features = null, IReadOnlyList<string>? Reset = null)
{
    /// <summary>The rooms that I am invited to, the newest invitation first.</summary>
    public IReadOnlyList<Invitation> Invitations { get; init; } = [];
}

/// <summary>Whether somebody is there.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PresenceState>))]
public enum PresenceState
{
    /// <summary>Not connected.</summary>
    Offline,

    /// <summary>Connected, but has done nothing for ten minutes.</summary>
    Away,

    /// <summary>Connected.</summary>
    Online,
}

/// <summary>Whether one user is there.</summary>
public sealed record Presence(string UserId, PresenceState State);

/// <summary>
/// What clients call at <c>/hubs/chat</c>. Optional arguments at the end may be left out. Every method can fail with a <c>HubException</c> whose message is <c>code: text</c>.
/// </summary>
public interface IChatHub
{
    /// <summary>
    /// Starts delivery, or starts it over: for each of my rooms everything after its cursor, and a room without a cursor from its head.
    /// Nothing is pushed before the first call, and nothing of an earlier delivery follows the answer.
    /// </summary>
    Task<SyncAnswer> Sync(SyncRequest? request = null);

    /// <summary>Appends up to 100 messages in order, in one transaction. What the answer gives a number is durable.</summary>
    Task<IReadOnlyList<SendResult>> Send(string roomId, IReadOnlyList<NewMessage> messages);

    /// <summary>Replaces the body of one of my messages.</summary>
    Task<SendResult> Edit(string roomId, long target, NewMessage message);

    /// <summary>Takes back one of my messages (or anybody's, as the owner of the room), and blanks its stored body.</summary>
    Task<SendResult> Delete(string roomId, long target, string clientId);

    /// <summary>Puts a reaction on a message; an empty one takes mine back.</summary>
    Task<SendResult> React(string roomId, long target, NewMessage reaction);

    /// <summary>A page of a room's events, ascending.</summary>
    Task<EventPage> History(string roomId, PageRequest? page = null);

    /// <summary>The direct room with a person, created at the first call.</summary>
    Task<Room> OpenDirect(string userName);

    /// <summary>Creates a public or private room with me as its owner.</summary>
    Task<Room> CreateRoom(NewRoom room);

    /// <summary>Joins a public room; of a room I am in already, nothing but its answer.</summary>
    Task<Room> Join(string roomId);

    /// <summary>Makes somebody a member.</summary>
    Task<Room> Invite(string roomId, string userName);

    /// <summary>Changes a room's name or topic; its owner may.</summary>
    Task<Room> ChangeRoom(string roomId, RoomChange change);

    /// <summary>Leaves a room; direct rooms cannot be left.</summary>
    Task Leave(string roomId);

    /// <summary>Removes a member; the room's owner may.</summary>
    Task Remove(string roomId, string userName);

    /// <summary>Public rooms whose name contains the query, at most 100 by name.</summary>
    Task<IReadOnlyList<Room>> PublicRooms(string? query = null);

    /// <summary>
    /// The members of a room of mine by name, a page at a time. A page may be short even if <c>next</c> names another
    /// one.
    /// </summary>
    Task<MemberPage> Members(string roomId, MemberQuery? query = null);

    /// <summary>I have read everything up to this number. Never goes back.</summary>
    Task MarkRead(string roomId, long seq);

    /// <summary>I am typing; say it again every few seconds while it lasts.</summary>
    Task Typing(string roomId);

    /// <summary>
    /// Accepts a direct room that another person has asked for, or hides it. A message of mine in the room accepts,
    /// too.
    /// </summary>
    Task AnswerRequest(string roomId, bool accept);

    /// <summary>The rooms that I am invited to, the newest invitation first.</summary>
    Task<IReadOnlyList<Invitation>> Invitations();

    /// <summary>Joins a room that I am invited to, or declines; the inviter is not told.</summary>
    Task AnswerInvitation(string roomId, bool accept);

    /// <summary>The people whom I have blocked, by name.</summary>
    Task<IReadOnlyList<UserRef>> Blocked();

    /// <summary>Blocks a person. The call does nothing if the person is blocked already.</summary>
    Task Block(string userId);

    /// <summary>Ends a block.</summary>
    Task Unblock(string userId);
}

/// <summary>What the server calls on a client.</summary>
public interface IChatClient
{
    /// <summary>One event; in each room ascending and without holes, but for <see cref="Skipped"/>.</summary>
    Task Event(ChatEvent e);

    /// <summary>The numbers <paramref name="from"/>–<paramref name="to"/> will not come by themselves; page them if wanted.</summary>
    Task Skipped(string roomId, long from, long to);

    /// <summary>How many <see cref="Event"/>s were written to this connection since the last <c>Sync</c>. At least every 15 s.</summary>
    Task Checkpoint(long delivered);

    /// <summary>I am in this room now, or it changed.</summary>
    Task RoomUpdated(Room room);

    /// <summary>I am no longer in this room.</summary>
    Task RoomRemoved(string roomId);

    /// <summary>Somebody has read up to a number. May be dropped or merged.</summary>
    Task ReadMarker(string roomId, string userId, long seq);

    /// <summary>Somebody is typing. May be dropped or merged.</summary>
    Task Typing(string roomId, string userId);

    /// <summary>Who is there. May be dropped or merged.</summary>
    Task Presence(IReadOnlyList<Presence> users);

    /// <summary>Somebody invited me to a room.</summary>
    Task Invited(Invitation invitation);
}

/// <summary>Names and places of the wire contract.</summary>
public static class Wire
{
    /// <summary>The path of the SignalR hub.</summary>
    public const string HubPath = "/hubs/chat";

    /// <summary>The longest time between two <see cref="IChatClient.Checkpoint"/>s.</summary>
    public static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(15);
}

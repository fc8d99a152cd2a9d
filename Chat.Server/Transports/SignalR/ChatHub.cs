using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.SignalR;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// The hub of the wire contract. A thin adapter: each method makes one call. SignalR runs one invocation of a connection at a time, so what a
/// client sends without waiting keeps its order.
/// </summary>
internal sealed class ChatHub(ChatRooms rooms, ClusterFeatures features) : Hub<IChatClient>, IChatHub
{
    private Session? _syncing;

    /// <summary>This invocation's share of the unread answers; null for brief ones.</summary>
    internal UnreadAnswer? Answer { get; set; }

    private User Me => Context.User!.ToUser();

    private Session Session => Context.Features.Get<Session>()!;

    public async Task<SyncAnswer> Sync(SyncRequest? request = null)
    {
        var cursors = request?.Cursors ?? new Dictionary<string, long>();
        var generations = features.Has(Features.Generations) ? request?.Generations : null;
        var (mine, reset) = await rooms.SyncAsync(Session, cursors, generations, Context.ConnectionAborted);
        _syncing = Session;
        return new SyncAnswer(Me, mine, features.Current, reset.Count > 0 ? [.. reset] : null)
        {
            Invitations = [.. Session.Invitations],
        };
    }

    public Task<IReadOnlyList<SendResult>> Send(string roomId, IReadOnlyList<NewMessage> messages) => rooms.PostAsync(Me, roomId, messages);

    public Task<SendResult> Edit(string roomId, long target, NewMessage message) => rooms.EditAsync(Me, roomId, target, message);

    public Task<SendResult> Delete(string roomId, long target, string clientId) => rooms.DeleteAsync(Me, roomId, target, clientId);

    public Task<SendResult> React(string roomId, long target, NewMessage reaction) => rooms.ReactAsync(Me, roomId, target, reaction);

    public Task<EventPage> History(string roomId, PageRequest? page = null) => rooms.HistoryAsync(Me, roomId, page, Context.ConnectionAborted);

    public Task<Room> OpenDirect(string userName) => rooms.OpenDirectAsync(Me, userName);

    public Task<Room> CreateRoom(NewRoom room) => rooms.CreateAsync(Me, room);

    public Task<Room> Join(string roomId) => rooms.JoinAsync(Me, roomId);

    public Task<Room> Invite(string roomId, string userName) => rooms.InviteAsync(Me, roomId, userName);

    public Task<Room> ChangeRoom(string roomId, RoomChange change) => rooms.ChangeAsync(Me, roomId, change);

    public Task Leave(string roomId) => rooms.LeaveAsync(Me, roomId);

    public Task Remove(string roomId, string userName) => rooms.RemoveAsync(Me, roomId, userName);

    /// <summary>An array, because MessagePack looks at what the answer is and not at what it was declared as.</summary>
    public async Task<IReadOnlyList<Room>> PublicRooms(string? query = null) =>
        (await rooms.PublicAsync(Me, query, Context.ConnectionAborted)).ToArray();

    public Task<MemberPage> Members(string roomId, MemberQuery? query = null) =>
        rooms.MembersAsync(Me, roomId, query, Context.ConnectionAborted);

    public Task MarkRead(string roomId, long seq) => rooms.MarkReadAsync(Me, roomId, seq, Context.ConnectionAborted);

    public Task Typing(string roomId) => rooms.TypingAsync(Session, roomId, Context.ConnectionAborted);

    public Task AnswerRequest(string roomId, bool accept) => rooms.AnswerRequestAsync(Me, roomId, accept);

    public async Task<IReadOnlyList<Invitation>> Invitations() =>
        (await rooms.InvitationsAsync(Me, Context.ConnectionAborted)).ToArray();

    public Task AnswerInvitation(string roomId, bool accept) => rooms.AnswerInvitationAsync(Me, roomId, accept);

    public async Task<IReadOnlyList<UserRef>> Blocked() =>
        (await rooms.BlockedAsync(Me, Context.ConnectionAborted)).ToArray();

    public Task Block(string userId) => rooms.BlockAsync(Me, Rules.UserId(userId));

    public Task Unblock(string userId) => rooms.UnblockAsync(Me, Rules.UserId(userId));

    /// <summary>
    /// A hub lives for one invocation, and is released after the answer was written: the moment from which events may follow it.
    /// </summary>
    protected override void Dispose(bool disposing)
    {
        Answer?.Dispose();
        _syncing?.Resume();
        base.Dispose(disposing);
    }
}

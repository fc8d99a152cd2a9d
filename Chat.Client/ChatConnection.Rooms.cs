using Chat.Client.Sending;
using Chat.Client.Transports;
using Chat.Contracts;

namespace Chat.Client;

/// <remarks>
/// The calls of this part wait up to <see cref="ChatOptions.CallTimeout"/> for a connection, and throw <see cref="ChatException"/> with the
/// server's code, or <c>unavailable</c> if no answer came.
/// </remarks>
public sealed partial class ChatConnection
{
    /// <summary>Who I am; null before the first connection.</summary>
    public User? Me => _feed.Me;

    /// <summary>My rooms; an immutable snapshot, kept up to date with the events that have come.</summary>
    public IReadOnlyDictionary<string, Room> Rooms => _feed.Rooms;

    /// <summary>A page of a room's events, ascending; by default the newest.</summary>
    public Task<EventPage> HistoryAsync(string roomId, PageRequest? page = null, CancellationToken ct = default) =>
        CallAsync<EventPage>(nameof(IChatHub.History), [roomId, page ?? new PageRequest()], ct);

    /// <summary>The direct room with a person, created at the first call.</summary>
    public Task<Room> OpenDirectAsync(string userName, CancellationToken ct = default) =>
        RoomAsync(nameof(IChatHub.OpenDirect), [userName], ct);

    /// <summary>Creates a public or private room. Not repeated: if the connection is lost meanwhile, it may exist.</summary>
    public async Task<Room> CreateRoomAsync(NewRoom room, CancellationToken ct = default) =>
        Known(await CallAsync<Room>(nameof(IChatHub.CreateRoom), [room], ct, repeatable: false));

    /// <summary>Joins a public room.</summary>
    public Task<Room> JoinAsync(string roomId, CancellationToken ct = default) => RoomAsync(nameof(IChatHub.Join), [roomId], ct);

    /// <summary>Makes somebody a member.</summary>
    public Task<Room> InviteAsync(string roomId, string userName, CancellationToken ct = default) =>
        RoomAsync(nameof(IChatHub.Invite), [roomId, userName], ct);

    /// <summary>Changes a room's name or topic.</summary>
    public Task<Room> ChangeRoomAsync(string roomId, RoomChange change, CancellationToken ct = default) =>
        RoomAsync(nameof(IChatHub.ChangeRoom), [roomId, change], ct);

    /// <summary>Leaves a room.</summary>
    public Task LeaveAsync(string roomId, CancellationToken ct = default) => CallAsync<object?>(nameof(IChatHub.Leave), [roomId], ct, goneIsDone: true);

    /// <summary>Removes a member.</summary>
    public Task RemoveAsync(string roomId, string userName, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.Remove), [roomId, userName], ct, goneIsDone: true);

    /// <summary>Public rooms whose name contains the query.</summary>
    public Task<IReadOnlyList<Room>> PublicRoomsAsync(string? query = null, CancellationToken ct = default) =>
        CallAsync<IReadOnlyList<Room>>(nameof(IChatHub.PublicRooms), [query], ct);

    /// <summary>
    /// A page of a room's members by name, at most 200. It may be short, or empty, where <c>Next</c> still names
    /// another page.
    /// </summary>
    /// <param name="roomId">A room of mine.</param>
    /// <param name="query">A part of the name; null for all.</param>
    /// <param name="before">The <c>Next</c> of the page before; null for the first page.</param>
    /// <param name="ct">Gives up.</param>
    public Task<MemberPage> MembersAsync(string roomId, string? query = null, string? before = null,
        CancellationToken ct = default) =>
        CallAsync<MemberPage>(nameof(IChatHub.Members), [roomId, new MemberQuery(query, before, Limit: 200)], ct);

    /// <summary>
    /// The members of a room by name: those that came with it, and if there are more, page by page from the server.
    /// </summary>
    /// <param name="room">A room of mine.</param>
    /// <param name="most">The most members to read.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<UserRef>> AllMembersAsync(Room room, int most = int.MaxValue,
        CancellationToken ct = default)
    {
        if (room.MemberCount <= room.Members.Count)
            return [.. room.Members.Take(most)];
        var all = new List<UserRef>();
        for (string? next = null; ;)
        {
            var page = await MembersAsync(room.Id, before: next, ct: ct).ConfigureAwait(false);
            all.AddRange(page.Members.Select(m => new UserRef(m.Id, m.Name, m.Kind)));
            next = page.Next;
            if (next is null || all.Count >= most)
                return [.. all.Take(most)];
        }
    }

    /// <summary>Replaces the body of one of my messages. The client id is as in <see cref="SendAsync"/>.</summary>
    public Task<SendResult> EditAsync(string roomId, long target, string body, string? clientId = null, CancellationToken ct = default) =>
        CallAsync<SendResult>(nameof(IChatHub.Edit), [roomId, target, new NewMessage(clientId ?? ClientIds.New(), body)], ct).ThrowRefusal();

    /// <summary>Takes back a message. The client id is as in <see cref="SendAsync"/>.</summary>
    public Task<SendResult> DeleteAsync(string roomId, long target, string? clientId = null, CancellationToken ct = default) =>
        CallAsync<SendResult>(nameof(IChatHub.Delete), [roomId, target, clientId ?? ClientIds.New()], ct).ThrowRefusal();

    /// <summary>Puts a reaction on a message; an empty one takes mine back. The client id is as in <see cref="SendAsync"/>.</summary>
    public Task<SendResult> ReactAsync(string roomId, long target, string reaction, string? clientId = null, CancellationToken ct = default) =>
        CallAsync<SendResult>(nameof(IChatHub.React), [roomId, target, new NewMessage(clientId ?? ClientIds.New(), reaction)], ct).ThrowRefusal();

    private async Task<Room> RoomAsync(string method, object?[] arguments, CancellationToken ct) =>
        Known(await CallAsync<Room>(method, arguments, ct));

    // The push that says so may still be on its way; whoever has the answer can use the room.
    private Room Known(Room room)
    {
        if (!_feed.Rooms.ContainsKey(room.Id))
            _feed.RoomUpdated(room);
        return room;
    }

    private async Task<T> CallAsync<T>(string method, object?[] arguments, CancellationToken ct, bool repeatable = true, bool goneIsDone = false)
    {
        using var late = new CancellationTokenSource(_options.CallTimeout, _options.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token, _stop.Token);
        var again = false;
        while (true)
        {
            ThrowIfFailed();
            try
            {
                return await OnSessionAsync<T>(method, arguments, any.Token);
            }
            catch (ChatException e) when (again && goneIsDone && e.Code is ErrorCodes.NotFound or ErrorCodes.Forbidden)
            {
                // The first call, whose answer was lost, has done it.
                return default!;
            }
            catch (SessionLostException e) when (!repeatable)
            {
                throw new ChatException(ErrorCodes.Unavailable, $"{e.Message} It may have been carried out.", e);
            }
            catch (SessionLostException)
            {
                // The same call again, while there is time.
                again = true;
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new ChatException(ErrorCodes.Unavailable, $"Not connected: {Status.Reason}", e);
            }
        }
    }

    /// <summary>One call on the session in use, or on the next one.</summary>
    private async Task<T> OnSessionAsync<T>(string method, object?[] arguments, CancellationToken ct)
    {
        var session = await _gate.WaitAsync(ct);
        try
        {
            return await session.InvokeAsync<T>(method, arguments, ct);
        }
        catch (ChatException e) when (e.Code == ErrorCodes.Unauthenticated)
        {
            // Coming back asks for a new token, or fails for good.
            session.End(Loss.Closed, $"The server no longer accepts the credentials: {e.Message}");
            throw new SessionLostException(e);
        }
    }
}

/// <summary>A result that is a refusal, as an exception.</summary>
internal static class SendResults
{
    public static async Task<SendResult> ThrowRefusal(this Task<SendResult> call)
    {
        var result = await call;
        return result.Error is { } error ? throw new ChatException(error.Code, error.Message) : result;
    }
}

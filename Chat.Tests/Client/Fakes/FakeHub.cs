using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Tests.Client.Fakes;

/// <summary>The calls of the contract, as far as the client's tests need them.</summary>
internal sealed class FakeHub(FakeServer server) : Hub
{
    public override Task OnConnectedAsync()
    {
        server.Sessions[Context.ConnectionId] = new FakeSession(server, Clients.Caller, Context.Abort);
        return Task.CompletedTask;
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (server.Sessions.TryRemove(Context.ConnectionId, out var session))
            await session.DisposeAsync();
    }

    public async Task<SyncAnswer> Sync(SyncRequest? request = null)
    {
        await server.BeforeSync();
        var cursors = request?.Cursors ?? new Dictionary<string, long>();
        server.Syncs.Enqueue(cursors);
        server.Generations.Enqueue(request?.Generations);
        return await Session.SyncAsync(cursors);
    }

    public async Task<IReadOnlyList<SendResult>> Send(string roomId, IReadOnlyList<NewMessage> messages)
    {
        await server.BeforeSend(roomId, messages);
        var results = messages.Select(m => AppendOnce(roomId, m)).ToList();
        await server.AfterSend(Session);
        return results;
    }

    public EventPage History(string roomId, PageRequest? page = null)
    {
        lock (server.Rooms)
        {
            if (!server.Rooms.TryGetValue(roomId, out var room))
                throw new HubException("not_found: No such room.");
            var after = room.Log.Where(e => e.Seq > (page?.After ?? 0)).Take(Limits.PageSize);
            return new EventPage([.. after], room.Log.Count);
        }
    }

    public Room Join(string roomId)
    {
        lock (server.Rooms)
            return server.Rooms[roomId].View();
    }

    public IReadOnlyList<Room> PublicRooms(string? query = null)
    {
        lock (server.Rooms)
            return [.. server.Rooms.Values.Select(room => room.View() with { Kind = RoomKind.Public })];
    }

    public Room CreateRoom(NewRoom room)
    {
        lock (server.Rooms)
            return server.Rooms.Values.First().View() with { Name = $"{room.Name}{server.Rooms.Values.First().Evil}" };
    }

    public void Leave(string roomId) => throw new HubException($"forbidden: {server.Rooms[roomId].Evil}");

    public void MarkRead(string roomId, long seq) => server.Append("reads", $"{roomId} {seq}");

    public void Typing(string roomId) => server.Append("typing", roomId);

    private FakeSession Session => server.Sessions[Context.ConnectionId];

    private SendResult AppendOnce(string roomId, NewMessage m)
    {
        if (server.Refuse(m) is { } error)
            return new SendResult { ClientId = m.ClientId, Error = error };
        ChatEvent? e;
        lock (server.Rooms)
            e = server.Rooms[roomId].Log.Find(x => x.ClientId == m.ClientId);
        e ??= server.Append(roomId, m.Body!, new UserRef(FakeServer.Me.Id, FakeServer.Me.Name), m.ClientId);
        return new SendResult { ClientId = m.ClientId, Seq = e.Seq, Id = e.Id, At = e.At };
    }
}

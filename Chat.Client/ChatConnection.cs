using Chat.Contracts;

namespace Chat.Client;

/// <summary>A connection to the relay that comes back by itself. Thread-safe.</summary>
public sealed class ChatConnection : IAsyncDisposable
{
    /// <summary>Opens the outbox; connects nothing yet.</summary>
    public ChatConnection(ChatOptions options) => throw new NotImplementedException();

    /// <summary>Returns when first connected; keeps trying until <paramref name="ct"/> fires. Throws <see cref="ChatException"/> when refused for good.</summary>
    public Task StartAsync(CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>The connection as of now.</summary>
    public ConnectionStatus Status => throw new NotImplementedException();
    /// <summary>Begins with the current one; a slow reader sees the latest.</summary>
    public IAsyncEnumerable<ConnectionStatus> StatusChanges(CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Who I am; null before the first connection.</summary>
    public User? Me => throw new NotImplementedException();
    /// <summary>My rooms, an immutable snapshot.</summary>
    public IReadOnlyDictionary<string, Room> Rooms => throw new NotImplementedException();
    /// <summary>The last event handed to the reader of <see cref="Events"/>, per room.</summary>
    public IReadOnlyDictionary<string, long> Cursors => throw new NotImplementedException();
    /// <summary>Gap-free, ascending, without duplicates per room. One reader.</summary>
    public IAsyncEnumerable<ChatEvent> Events(CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Typing, presence, read markers, rooms. Any number of readers; the oldest are dropped for a slow one.</summary>
    public IAsyncEnumerable<ChatSignal> Signals(CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Queues a message; completes with the durable result.</summary>
    public Task<SendResult> SendAsync(string roomId, string body, long? replyTo = null, string? clientId = null, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>What is not acknowledged yet, oldest first.</summary>
    public IReadOnlyList<OutboxEntry> Outbox => throw new NotImplementedException();
    /// <summary>The outbox changed; called on any thread.</summary>
    public event Action? OutboxChanged { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>A page of a room's events.</summary>
    public Task<EventPage> HistoryAsync(string roomId, PageRequest? page = null, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>The direct room with a person.</summary>
    public Task<Room> OpenDirectAsync(string userName, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>A new room.</summary>
    public Task<Room> CreateRoomAsync(NewRoom room, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Joins a public room.</summary>
    public Task<Room> JoinAsync(string roomId, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Makes somebody a member.</summary>
    public Task<Room> InviteAsync(string roomId, string userName, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Changes name or topic.</summary>
    public Task<Room> ChangeRoomAsync(string roomId, RoomChange change, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Leaves a room.</summary>
    public Task LeaveAsync(string roomId, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Removes a member.</summary>
    public Task RemoveAsync(string roomId, string userName, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Public rooms whose name contains the query.</summary>
    public Task<IReadOnlyList<Room>> PublicRoomsAsync(string? query = null, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Replaces the body of one of my messages.</summary>
    public Task<SendResult> EditAsync(string roomId, long target, string body, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Takes back a message.</summary>
    public Task<SendResult> DeleteAsync(string roomId, long target, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>Puts a reaction on a message; an empty one takes mine back.</summary>
    public Task<SendResult> ReactAsync(string roomId, long target, string reaction, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>I have read everything up to this number.</summary>
    public Task MarkReadAsync(string roomId, long seq, CancellationToken ct = default) => throw new NotImplementedException();
    /// <summary>I am typing.</summary>
    public Task TypingAsync(string roomId, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Drops the connection and comes back.</summary>
    public Task ReconnectAsync(string reason) => throw new NotImplementedException();
    /// <summary>Forces one transport, or null for automatic again; reconnects.</summary>
    public Task UseTransportAsync(TransportKind? transport) => throw new NotImplementedException();
    /// <summary>Disconnects and completes the enumerables.</summary>
    public Task StopAsync() => throw new NotImplementedException();
    /// <summary>Stops, and lets go of the outbox file.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

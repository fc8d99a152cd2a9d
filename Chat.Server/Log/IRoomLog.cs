using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// The append-only logs of all rooms, and who is a member of which: the only place where something is true.
/// </summary>
/// <remarks>
/// What every implementation promises, and what its contract tests hold it to:
/// <list type="bullet">
/// <item>A room's events are numbered 1, 2, 3 … without holes, in the order in which they were committed.</item>
/// <item>A write's task completes only after its transaction is committed and synced. A task that fails with
/// <see cref="ErrorCodes.Unavailable"/> may have been written nevertheless (the connection was lost during COMMIT):
/// the same client id resolves it. Any other failure means that nothing was written.</item>
/// <item>(room, sender, client id) is unique as long as the event lives. The same again with the same content answers
/// with the first event; with other content it is <see cref="ErrorCodes.KeyReused"/>.</item>
/// <item>Membership is looked up in the transaction that appends, so nobody's event is numbered after their leave.</item>
/// </list>
/// All members are safe to call from any thread. What is refused throws <see cref="ChatException"/>.
/// </remarks>
public partial interface IRoomLog
{
    /// <summary>
    /// Raised after each commit of this node with its events: of one room in the order of their numbers, each once, and never on two threads at the
    /// same time. What other nodes commit is not raised here. Handlers must be quick and must not throw; the next commit waits for them.
    /// </summary>
    event Action<IReadOnlyList<ChatEvent>>? Committed;

    /// <summary>
    /// Appends a member's entries in order, in one transaction. Each entry is appended or refused by itself;
    /// a caller who is no member is refused as a whole.
    /// </summary>
    Task<IReadOnlyList<AppendResult>> AppendAsync(string roomId, UserRef sender, IReadOnlyList<Draft> drafts);

    /// <summary>Creates a public or private room with its owner as first member; answers with its id.</summary>
    Task<string> CreateAsync(RoomKind kind, string name, string topic, UserRef owner);

    /// <summary>The direct room of two people (or of one with themselves), created at the first call; answers with its id.</summary>
    Task<string> OpenDirectAsync(UserRef me, UserRef other);

    /// <summary>
    /// Makes <paramref name="member"/> a member: joining by themselves, which only a public room allows, or invited by another member.
    /// Of somebody who is one already: nothing.
    /// </summary>
    Task AddMemberAsync(string roomId, UserRef member, UserRef by);

    /// <summary>
    /// Ends a membership: leaving by themselves, or removed by the room's owner. If the last owner goes, the member who joined
    /// first becomes one. Of somebody who is no member: <see cref="ErrorCodes.NotFound"/>.
    /// </summary>
    Task RemoveMemberAsync(string roomId, UserRef member, UserRef by);

    /// <summary>Changes name or topic; the room's owner may.</summary>
    Task ChangeRoomAsync(string roomId, RoomChange change, UserRef by);

    /// <summary>
    /// Moves a member's read marker forward to at most the head; a marker that is there already costs no write.
    /// </summary>
    Task<ReadMark> MarkReadAsync(string roomId, string userId, long seq);

    /// <summary>
    /// Events with numbers greater than <paramref name="after"/>, ascending and without holes: at most
    /// <paramref name="limit"/>, and no more than <see cref="PageBudget"/> allows, but at least one if there is one.
    /// </summary>
    Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation = default);

    /// <summary>
    /// The newest events with numbers smaller than <paramref name="before"/>, ascending; as many as
    /// <see cref="ReadAfterAsync"/> reads.
    /// </summary>
    Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation = default);

    /// <summary>The newest number of each room asked for; rooms that do not exist are left out.</summary>
    Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation = default);

    /// <summary>
    /// The generation of one event of each room, by the room's id; null if an older node wrote the event. The result
    /// leaves out an event that does not exist.
    /// </summary>
    Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(IReadOnlyDictionary<string, long> events,
        CancellationToken cancellation = default);

    /// <summary>The store's current generation. While it stays the same, no committed event is lost.</summary>
    Task<string> GenerationAsync(CancellationToken cancellation = default);

    /// <summary>Commits something small; throws <see cref="ChatException"/> if the log cannot store now.</summary>
    Task ProbeAsync();
}

/// <summary>An event that a member wants appended; its number, time and room are the log's to give.</summary>
/// <param name="Type">message, edit, delete or reaction.</param>
/// <param name="ClientId">What the sender calls it.</param>
/// <param name="Body">Trimmed and within the limits; null for a deletion.</param>
/// <param name="ReplyTo">Of a message: the number of the message it answers.</param>
/// <param name="Target">Of the others: the number of the message they are about.</param>
public sealed record Draft(string Type, string ClientId, string? Body, long? ReplyTo = null, long? Target = null);

/// <summary>A member's read marker after a call, and whether that call moved it.</summary>
public readonly record struct ReadMark(long UpTo, bool Moved);

/// <summary>What became of a draft: its event (new, or the first one with this client id), or why it was refused.</summary>
public readonly record struct AppendResult(ChatEvent? Event, bool Repeated, SendError? Error);

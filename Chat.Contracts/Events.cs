using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>
/// One entry of a room's log. Numbers of a room run 1, 2, 3 … without holes; the same number is the same event for everybody.
/// </summary>
public sealed record ChatEvent
{
    /// <summary>The room whose log this is in.</summary>
    public required string RoomId { get; init; }

    /// <summary>The number in the room's log, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>Opaque; unique on the server.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="EventTypes"/>, or one that this version does not know.</summary>
    public required string Type { get; init; }

    /// <summary>Who did it; of a join or a leave: who joined or left.</summary>
    public required UserRef Sender { get; init; }

    /// <summary>When it was appended, UTC, to the millisecond. For people: order is by <see cref="Seq"/>.</summary>
    public required DateTime At { get; init; }

    /// <summary>What the sender called it; absent where nobody sent it.</summary>
    public string? ClientId { get; init; }

    /// <summary>The text; absent where the type has none, or where it was deleted.</summary>
    public string? Body { get; init; }

    /// <summary>The number of the message that this one answers.</summary>
    public long? ReplyTo { get; init; }

    /// <summary>The number of the message that an edit, a deletion or a reaction is about.</summary>
    public long? Target { get; init; }

    /// <summary>Who invited or removed <see cref="Sender"/>, where somebody else did.</summary>
    public UserRef? By { get; init; }

    /// <summary>What a <c>room</c> event changed.</summary>
    public RoomChange? Room { get; init; }

    /// <summary>
    /// The generation: it names the life of the server's database in which the event was written; opaque. A client
    /// sends the generation of its last event with its cursors, so that the server notices when its database went back
    /// in time. Absent where an older server wrote the event.
    /// </summary>
    public string? Generation { get; init; }
}

/// <summary>Some consecutive events of a room, ascending, and the room's newest number that is visible to the asker.</summary>
public sealed record EventPage(IReadOnlyList<ChatEvent> Events, long Head);

/// <summary>
/// Which page: after a number (ascending from there), before one (the newest below it), or with neither the newest.
/// </summary>
/// <param name="Before">Only events with a smaller number.</param>
/// <param name="After">Only events with a greater number; 0 for the beginning.</param>
/// <param name="Limit">Most events; 1 to the page size, which is the default.</param>
public sealed record PageRequest(long? Before = null, long? After = null, int? Limit = null);

/// <summary>One message of a <c>Send</c>, or the body of <c>POST /api/rooms/{id}/messages</c>.</summary>
/// <param name="ClientId">1–64 characters of <c>[A-Za-z0-9_-]</c>; the same again returns the first result.</param>
/// <param name="Body">1–16,384 bytes of UTF-8 after trimming.</param>
/// <param name="ReplyTo">The number of the message it answers.</param>
public sealed record NewMessage(string? ClientId, string? Body, long? ReplyTo = null);

/// <summary>What became of one message of a <c>Send</c>: its number, durable; or why not.</summary>
public sealed record SendResult
{
    /// <summary>As it was sent; written even where it was null, since nothing else tells which message this is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? ClientId { get; init; }

    /// <summary>Its number in the room; null if refused.</summary>
    public long? Seq { get; init; }

    /// <summary>The event's id; null if refused.</summary>
    public string? Id { get; init; }

    /// <summary>When it was appended, UTC; null if refused.</summary>
    public DateTime? At { get; init; }

    /// <summary>Why it was refused; null if it was appended.</summary>
    public SendError? Error { get; init; }
}

/// <summary>Why one message was refused.</summary>
public sealed record SendError(string Code, string Message);

using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>
/// One message, edit, deletion or reaction that somebody tried to send. Times are ticks of one monotonic clock, shared by the whole history.
/// Without <see cref="Acked"/> and <see cref="Refused"/> its fate is unknown: it may be in the log, once.
/// </summary>
public sealed record Send
{
    /// <summary>Which client, in the order of whose messages they must stand.</summary>
    public required string Client { get; init; }

    /// <summary>Where to.</summary>
    public required string RoomId { get; init; }

    /// <summary>What the client called it; unique in the history.</summary>
    public required string ClientId { get; init; }

    /// <summary>The text; null where it has none.</summary>
    public required string? Body { get; init; }

    /// <summary>One of <see cref="EventTypes"/>.</summary>
    public string Type { get; init; } = EventTypes.Message;

    /// <summary>When it was handed to the client library.</summary>
    public required long Started { get; init; }

    /// <summary>Its place among all sends, in the order they were started.</summary>
    public required long Order { get; init; }

    /// <summary>When the sender was told that it is durable; null if it was not told.</summary>
    public long? Acked { get; set; }

    /// <summary>The number that the sender was told.</summary>
    public long? Seq { get; set; }

    /// <summary>The code with which it was refused for good; then it must not be in the log.</summary>
    public string? Refused { get; set; }
}

/// <summary>
/// Somebody comes into a room or goes, by their own will or another's. Of one user in one room either all are in the history, each begun after the
/// one before has succeeded, or none.
/// </summary>
public sealed record Move
{
    /// <summary>Who comes or goes.</summary>
    public required string UserId { get; init; }

    /// <summary>Where.</summary>
    public required string RoomId { get; init; }

    /// <summary>Comes; else goes.</summary>
    public required bool In { get; init; }

    /// <summary>When it was first asked for.</summary>
    public required long Started { get; init; }

    /// <summary>When it was known to be done; null if it may or may not be.</summary>
    public long? Done { get; set; }

    /// <summary>
    /// Whether it was asked for once and answered. Coming and going have no client id: a call that was repeated may be carried out late, a second time,
    /// and after that little can be said about this user in this room.
    /// </summary>
    public bool Sure { get; set; }
}

/// <summary>Somebody who watches a room from a number on, as one user, whenever that user is in it.</summary>
/// <param name="Observer">The client; one person may have several.</param>
/// <param name="UserId">Whose eyes these are.</param>
/// <param name="RoomId">The room.</param>
/// <param name="After">The first number to be seen is the next one.</param>
public sealed record Watch(string Observer, string UserId, string RoomId, long After);

/// <summary>A client lost its connection, and has one again.</summary>
/// <param name="Observer">The client.</param>
/// <param name="Lost">When it noticed; it may have been cut off for longer.</param>
/// <param name="Back">When it was told what it is in, and served again.</param>
public sealed record Absence(string Observer, long Lost, long Back);

/// <summary>An event, as one client was shown it.</summary>
public sealed record Observation(string Observer, ChatEvent Event, long At);

/// <summary>A promise that was broken.</summary>
/// <param name="Rule">Which: one of <see cref="Rules"/>' names.</param>
/// <param name="What">What happened, with the numbers, for the person who has to find out why.</param>
public sealed record Violation(string Rule, string What)
{
    /// <summary>Where; null if it is about no room in particular.</summary>
    public string? RoomId { get; init; }

    /// <summary>About which number of the room; null if about none.</summary>
    public long? Seq { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Rule}: {What}";
}

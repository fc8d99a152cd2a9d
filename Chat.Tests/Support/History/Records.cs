using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>
/// One message that somebody tried to send. Times are ticks of one monotonic clock, shared by the whole history.
/// Without <see cref="Acked"/> and <see cref="Refused"/> its fate is unknown: it may be in the log, once.
/// </summary>
public sealed record Send
{
    /// <summary>Which client, in the order of whose sends messages must stand.</summary>
    public required string Client { get; init; }

    /// <summary>Where to.</summary>
    public required string RoomId { get; init; }

    /// <summary>What the client called it; unique in the history.</summary>
    public required string ClientId { get; init; }

    /// <summary>The text.</summary>
    public required string Body { get; init; }

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

/// <summary>Somebody who watches a room from a number on, as one user.</summary>
/// <param name="Observer">The client; one person may have several.</param>
/// <param name="UserId">Whose eyes these are.</param>
/// <param name="RoomId">The room.</param>
/// <param name="After">The first number to be seen is the next one.</param>
public sealed record Watch(string Observer, string UserId, string RoomId, long After);

/// <summary>An event, as one client was shown it.</summary>
public sealed record Observation(string Observer, ChatEvent Event, long At);

/// <summary>Numbers that a user must never be shown: from who is no member, or not any more.</summary>
/// <param name="UserId">Who must not see them.</param>
/// <param name="RoomId">The room.</param>
/// <param name="After">All numbers greater than this one …</param>
/// <param name="UpTo">… up to this one.</param>
public sealed record Hidden(string UserId, string RoomId, long After, long UpTo);

/// <summary>A promise that was broken.</summary>
/// <param name="Rule">Which: one of <see cref="Rules"/>' names.</param>
/// <param name="What">What happened, with the numbers, for the person who has to find out why.</param>
public sealed record Violation(string Rule, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Rule}: {What}";
}

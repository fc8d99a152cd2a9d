using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>A room, with the number of its newest event.</summary>
public sealed class RoomRow
{
    public required string Id { get; init; }

    public required RoomKind Kind { get; init; }

    /// <summary>Empty in a direct room: each of the two sees the other's name.</summary>
    public required string Name { get; set; }

    /// <summary>The name as searches compare it: NFKC, case folded.</summary>
    public required string NameKey { get; set; }

    public required string Topic { get; set; }

    public long Head { get; set; }

    /// <summary>
    /// Present members as of the event <see cref="CountedAt"/>; null where no node has counted them yet.
    /// </summary>
    public long? MemberCount { get; set; }

    /// <summary>
    /// The head with which <see cref="MemberCount"/> was written. If it is below <see cref="Head"/>, a node that does
    /// not count has written since, and the joins and leaves after it are still to be added.
    /// </summary>
    public long? CountedAt { get; set; }

    /// <summary>Of a direct room: its two user ids in order, so that there is one room for both.</summary>
    public string? DirectKey { get; init; }

    /// <summary>The person whose message accepts the room, in a direct room that waits for consent.</summary>
    public string? RequestTo { get; init; }
}

/// <summary>A membership, present or past.</summary>
public sealed class MemberRow
{
    public required string RoomId { get; init; }

    public required string UserId { get; init; }

    public required string UserName { get; init; }

    /// <summary>Null where an older node wrote the row; <see cref="Rooms.MemberKinds"/> fills it in.</summary>
    public UserKind? UserKind { get; init; }

    public bool Owner { get; set; }

    /// <summary>The number of the join that this membership began with.</summary>
    public long JoinSeq { get; set; }

    /// <summary>The number of the leave that ended it; null while it lasts. Nothing after it is visible.</summary>
    public long? LeftSeq { get; set; }

    /// <summary>
    /// When it ended, in milliseconds since 1970, UTC. Null while it lasts, and where an older node or version ended
    /// it.
    /// </summary>
    public long? LeftAt { get; set; }

    public long ReadUpTo { get; set; }
}

/// <summary>An event as it is stored.</summary>
public sealed class EventRow
{
    public required string RoomId { get; init; }

    public long Seq { get; init; }

    public required string Type { get; init; }

    public required string SenderId { get; init; }

    public required string SenderName { get; init; }

    /// <summary>Null where an older node wrote the row.</summary>
    public UserKind? SenderKind { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; init; }

    public string? ClientId { get; init; }

    public string? Body { get; init; }

    public long? ReplyTo { get; init; }

    public long? Target { get; init; }

    public string? ById { get; init; }

    public string? ByName { get; init; }

    /// <summary>Null if the event names nobody, or if an older node wrote the row.</summary>
    public UserKind? ByKind { get; init; }

    /// <summary>JSON of a <see cref="RoomChange"/>.</summary>
    public string? Change { get; init; }

    /// <summary>See <see cref="StoreGeneration"/>; null if an older node wrote the event.</summary>
    public string? Generation { get; init; }
}

/// <summary>One row that a probe touches, to see that writing works.</summary>
public sealed class ProbeRow
{
    public int Id { get; init; }

    public long At { get; set; }
}

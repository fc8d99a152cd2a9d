using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>A block: one person has blocked another.</summary>
public sealed class BlockRow
{
    public required string UserId { get; init; }

    public required string OtherId { get; init; }

    public required string OtherName { get; init; }

    public UserKind? OtherKind { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; init; }
}

/// <summary>
/// A direct room that one of its two members does not see: they have refused it, or blocked the other.
/// </summary>
public sealed class HiddenRoomRow
{
    public required string UserId { get; init; }

    public required string RoomId { get; init; }
}

/// <summary>
/// A direct room that waits for consent. See also <see cref="RoomRow.RequestTo"/>, which the appender reads.
/// </summary>
public sealed class RequestRow
{
    public required string RoomId { get; init; }

    public required string ById { get; init; }

    public required string ToId { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; init; }

    /// <summary>
    /// 0 while it waits. 1 while the person who was asked hides the room; the person who asked does not see the
    /// difference.
    /// </summary>
    public int Declined { get; init; }
}

/// <summary>An invitation that was not accepted.</summary>
public sealed class InvitationRow
{
    public required string UserId { get; init; }

    public required string RoomId { get; init; }

    public required string UserName { get; init; }

    public UserKind? UserKind { get; init; }

    public required string ById { get; init; }

    public required string ByName { get; init; }

    public UserKind? ByKind { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public long At { get; init; }

    /// <summary>
    /// 0 while the invitation waits. 1 if it was declined, or its inviter is blocked; then only the inviter still sees
    /// it. 2 if it was taken back after that; then nobody sees it, but another one for this room will be declined, too.
    /// </summary>
    public int Declined { get; init; }
}

/// <summary>
/// Counts the changes of one person's rows in the tables above. Most people have no row, so one look tells that there
/// is nothing else to read.
/// </summary>
public sealed class ConsentVersionRow
{
    public required string UserId { get; init; }

    public long Version { get; init; }
}

/// <summary>The single row with the decisions from the creation of the database.</summary>
public sealed class RoomSettingsRow
{
    public int Id { get; init; }

    /// <summary>
    /// Whether strangers have to ask if the configuration does not say. False in a database that was used before there
    /// were requests.
    /// </summary>
    public bool Consent { get; init; }
}

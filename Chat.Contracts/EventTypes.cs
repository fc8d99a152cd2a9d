namespace Chat.Contracts;

/// <summary>
/// What an event says. Strings rather than an enumeration, because a client meets types that are newer than
/// itself: it skips what it does not know, but counts its number.
/// </summary>
public static class EventTypes
{
    /// <summary>Somebody said something: <c>clientId</c>, <c>body</c>, <c>replyTo?</c>.</summary>
    public const string Message = "message";

    /// <summary>The sender replaced the body of its message <c>target</c> by <c>body</c>.</summary>
    public const string Edit = "edit";

    /// <summary>The message <c>target</c> was taken back; its stored body and those of its edits are blank from now on.</summary>
    public const string Delete = "delete";

    /// <summary>The sender put the reaction <c>body</c> on the message <c>target</c>, or with an empty body took its own back.</summary>
    public const string Reaction = "reaction";

    /// <summary><c>sender</c> became a member; <c>by</c> names who invited them, if somebody did.</summary>
    public const string Join = "join";

    /// <summary><c>sender</c> is no longer a member; <c>by</c> names who removed them, if somebody did.</summary>
    public const string Leave = "leave";

    /// <summary>The room's name or topic changed; <c>room</c> says to what.</summary>
    public const string Room = "room";
}

namespace Chat.Contracts;

/// <summary>The limits of the wire contract that are not configurable, and the defaults of those that are.</summary>
public static class Limits
{
    /// <summary>Most bytes of UTF-8 in a message body after trimming; configurable as <c>Chat:Limits:BodyBytes</c>.</summary>
    public const int BodyBytes = 16_384;

    /// <summary>Most events in a page; configurable as <c>Chat:Limits:PageSize</c>.</summary>
    public const int PageSize = 200;

    /// <summary>Most messages in one <c>Send</c>.</summary>
    public const int BatchMessages = 100;

    /// <summary>Most bytes of one hub message.</summary>
    public const int HubMessageBytes = 64 * 1024;

    /// <summary>Shortest and longest user name, in characters.</summary>
    public const int NameMin = 2;

    /// <inheritdoc cref="NameMin"/>
    public const int NameMax = 32;

    /// <summary>Longest room name, in characters.</summary>
    public const int RoomNameMax = 64;

    /// <summary>Longest topic, in characters.</summary>
    public const int TopicMax = 250;

    /// <summary>Longest client id, in characters of <c>[A-Za-z0-9_-]</c>.</summary>
    public const int ClientIdMax = 64;

    /// <summary>Longest reaction, in bytes of UTF-8: one emoji sequence or a short <c>:name:</c>.</summary>
    public const int ReactionBytes = 64;
}

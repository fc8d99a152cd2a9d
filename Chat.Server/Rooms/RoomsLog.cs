namespace Chat.Server.Rooms;

internal static partial class RoomsLog
{
    [LoggerMessage(1201, LogLevel.Information, "Missing {What} of an older version were filled in: {Count}")]
    public static partial void FilledIn(this ILogger logger, string what, int count);

    [LoggerMessage(1202, LogLevel.Warning, "Missing {What} could not be filled in; the next try is in a minute")]
    public static partial void NotFilledIn(this ILogger logger, string what, Exception error);

    [LoggerMessage(1203, LogLevel.Information,
        "Derived what older nodes did to {Count} requests, invitations and blocks")]
    public static partial void ConsentCaughtUp(this ILogger logger, int count);

    [LoggerMessage(1204, LogLevel.Warning,
        "What older nodes did to requests, invitations and blocks could not be derived; the next try is in a minute")]
    public static partial void ConsentNotCaughtUp(this ILogger logger, Exception error);
}

namespace Chat.Server.Rooms;

internal static partial class RoomsLog
{
    [LoggerMessage(1201, LogLevel.Information, "The kind of {Count} members was filled in from their accounts")]
    public static partial void KindsFilled(this ILogger logger, int count);

    [LoggerMessage(1202, LogLevel.Warning, "The kinds of members could not be filled in; the next try is in a minute")]
    public static partial void KindsNotFilled(this ILogger logger, Exception error);

    [LoggerMessage(1203, LogLevel.Information,
        "Derived what older nodes did to {Count} requests, invitations and blocks")]
    public static partial void ConsentCaughtUp(this ILogger logger, int count);

    [LoggerMessage(1204, LogLevel.Warning,
        "What older nodes did to requests, invitations and blocks could not be derived; the next try is in a minute")]
    public static partial void ConsentNotCaughtUp(this ILogger logger, Exception error);
}

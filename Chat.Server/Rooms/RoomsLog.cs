namespace Chat.Server.Rooms;

internal static partial class RoomsLog
{
    [LoggerMessage(1201, LogLevel.Information, "The kind of {Count} members was filled in from their accounts")]
    public static partial void KindsFilled(this ILogger logger, int count);

    [LoggerMessage(1202, LogLevel.Warning, "The kinds of members could not be filled in; the next try is in a minute")]
    public static partial void KindsNotFilled(this ILogger logger, Exception error);
}

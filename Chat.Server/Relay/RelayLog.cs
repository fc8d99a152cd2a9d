namespace Chat.Server.Relay;

internal static partial class RelayLog
{
    [LoggerMessage(200, LogLevel.Information, "A client of {User} has taken nothing for too long and is disconnected")]
    public static partial void Stalled(this ILogger logger, string user);

    [LoggerMessage(201, LogLevel.Error, "The pump of a session of {User} failed; its client is disconnected and will come back")]
    public static partial void PumpFailed(this ILogger logger, string user, Exception error);

    [LoggerMessage(203, LogLevel.Warning,
        "The database has lost events of room {Room}: {Had} was its newest here, {Has} is now. Its clients are "
            + "disconnected and start over")]
    public static partial void WentBack(this ILogger logger, string room, long had, long has);

    [LoggerMessage(204, LogLevel.Warning, "A changed room could not be read; it is tried again until it can")]
    public static partial void RoomUpdateFailed(this ILogger logger, Exception error);

    [LoggerMessage(205, LogLevel.Error,
        "Telling the sessions of typing, read markers or presence failed; it goes on with what comes next")]
    public static partial void TellingFailed(this ILogger logger, Exception error);

    [LoggerMessage(202, LogLevel.Warning, "The heads could not be compared with the log")]
    public static partial void CompareFailed(this ILogger logger, Exception error);
}

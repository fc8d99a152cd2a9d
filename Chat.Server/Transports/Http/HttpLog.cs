namespace Chat.Server.Transports.Http;

internal static partial class HttpLog
{
    [LoggerMessage(320, LogLevel.Error, "A message over a WebSocket could not be posted")]
    public static partial void PostFailed(this ILogger logger, Exception error);
}

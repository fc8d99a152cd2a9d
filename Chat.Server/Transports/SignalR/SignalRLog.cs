namespace Chat.Server.Transports.SignalR;

internal static partial class SignalRLog
{
    [LoggerMessage(300, LogLevel.Error, "The hub method {Method} failed")]
    public static partial void MethodFailed(this ILogger logger, string method, Exception error);
}

namespace Chat.Server.Transports;

internal static partial class TransportsLog
{
    [LoggerMessage(310, LogLevel.Warning,
        "The sign-ins of open connections could not be prolonged; the next turn tries again")]
    public static partial void NotProlonged(this ILogger logger, Exception error);
}

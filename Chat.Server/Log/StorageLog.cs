namespace Chat.Server.Log;

internal static partial class StorageLog
{
    [LoggerMessage(100, LogLevel.Information, "The log is open: {Store}")]
    public static partial void Opened(this ILogger logger, string store);

    [LoggerMessage(101, LogLevel.Error, "A transaction of {Writes} writes failed and was rolled back")]
    public static partial void TransactionFailed(this ILogger logger, int writes, Exception error);

    [LoggerMessage(102, LogLevel.Error, "A write failed")]
    public static partial void WriteFailed(this ILogger logger, Exception error);

    [LoggerMessage(103, LogLevel.Critical, "A handler of committed events failed; sessions may lag until the next sweep")]
    public static partial void HandlerFailed(this ILogger logger, Exception error);
}

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

    [LoggerMessage(104, LogLevel.Information, "The log is closed after {Transactions} transactions with {Writes} writes")]
    public static partial void Closed(this ILogger logger, long transactions, long writes);

    [LoggerMessage(105, LogLevel.Error, "The disk does not answer: the log is left without closing it. What was acknowledged is safe")]
    public static partial void LeftOpen(this ILogger logger);
}

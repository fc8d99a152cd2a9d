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

    [LoggerMessage(105, LogLevel.Error, "The store does not answer: the log is left without closing it. What was acknowledged is safe")]
    public static partial void LeftOpen(this ILogger logger);

    [LoggerMessage(106, LogLevel.Warning, "A transaction of {Writes} writes was rolled back and is tried again: {Reason}")]
    public static partial void TryingAgain(this ILogger logger, int writes, string reason);

    [LoggerMessage(107, LogLevel.Debug, "A write failed again: {Reason}")]
    public static partial void WriteFailedAgain(this ILogger logger, string reason);

    [LoggerMessage(108, LogLevel.Information, "Writing works again")]
    public static partial void WritesAgain(this ILogger logger);

    [LoggerMessage(112, LogLevel.Critical,
        "A committer failed in a way that nobody foresaw; it goes on with the next batch")]
    public static partial void CommitterFailed(this ILogger logger, Exception error);

    [LoggerMessage(110, LogLevel.Error, "A write failed twice by itself while others work; it was refused for good")]
    public static partial void RefusedForGood(this ILogger logger, Exception error);

    [LoggerMessage(111, LogLevel.Warning,
        "{Rooms} rooms were held by somebody else for too long; writes to them are refused, those to others go on")]
    public static partial void RoomsHeld(this ILogger logger, int rooms);

    [LoggerMessage(109, LogLevel.Warning, "Rolling back failed: {Reason}")]
    public static partial void RollbackFailed(this ILogger logger, string reason);

    [LoggerMessage(113, LogLevel.Warning,
        "Searching rooms finds only beginnings of names, and parts of the first thousand: the index of trigrams cannot "
            + "be made ({Reason}). "
        + "Let the database's administrator run CREATE EXTENSION pg_trgm in it, and restart")]
    public static partial void NoTrigrams(this ILogger logger, string reason);
}

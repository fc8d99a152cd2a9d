namespace Chat.Server.Hosting;

/// <summary>Faults behind an answer that does not explain them. The path only: the query may hold a token.</summary>
internal static partial class ProblemsLog
{
    [LoggerMessage(9001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(9002, LogLevel.Error, "{Method} {Path} failed in the database")]
    public static partial void DatabaseFailed(this ILogger logger, Exception exception, string method, PathString path);
}

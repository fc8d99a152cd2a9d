namespace Chat.Server.Hosting;

/// <summary>Faults behind an answer that does not explain them. The path only: the query may hold a token.</summary>
internal static partial class ProblemsLog
{
    [LoggerMessage(9001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(9002, LogLevel.Error, "{Method} {Path} failed in the database")]
    public static partial void DatabaseFailed(this ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(9003, LogLevel.Information,
        "Refused {Total} calls in the last ten seconds ({Kinds}), of them {Most} of user {UserId}")]
    public static partial void CallsRefused(this ILogger logger, int total, string kinds, int most, string userId);

    [LoggerMessage(9004, LogLevel.Error, "{Count} more faults of the kinds above in the last ten seconds")]
    public static partial void FaultsHeldBack(this ILogger logger, int count);
}

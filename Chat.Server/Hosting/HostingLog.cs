namespace Chat.Server.Hosting;

/// <summary>What an operator should know about the machine that the server runs on.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(9010, LogLevel.Warning, "{What}")]
    public static partial void NotPrivate(this ILogger logger, string what);
}

namespace Chat.Server.Page;

internal static partial class PageLog
{
    [LoggerMessage(9101, LogLevel.Warning, "There is no page to serve: {Folder} holds no index.html. Clients other than the page work")]
    public static partial void PageMissing(this ILogger logger, string folder);
}

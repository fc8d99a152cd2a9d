namespace Chat.Server.Hosting;

/// <summary>Log lines about the machine that the server runs on, and about the ways to reach it.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(9010, LogLevel.Warning, "{What}")]
    public static partial void NotPrivate(this ILogger logger, string what);

    [LoggerMessage(9011, LogLevel.Warning,
        "Requests for any host name are answered. Set {Key} to the names under which people reach this server, such as "
            + "chat.example;localhost")]
    public static partial void AnyHost(this ILogger logger, string key);

    [LoggerMessage(9012, LogLevel.Warning,
        "A request for the host name {Host} was refused. If people reach this server under it, add it to {Key} (names "
            + "separated by ;)")]
    public static partial void HostRefused(this ILogger logger, string host, string key);

    [LoggerMessage(9014, LogLevel.Warning,
        "The tables are brought up to date as soon as others let go of them, such as a backup or a long query; until "
            + "then this server does not start ({Reason})")]
    public static partial void MigrationWaits(this ILogger logger, string reason);
}

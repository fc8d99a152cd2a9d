namespace Chat.Server.Relay.Redis;

/// <summary>The road to the other nodes. What is said on it stays out of here, and so does the connection string.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(220, LogLevel.Warning, "Redis is {What}: new events are looked for in the database every second until it is back")]
    public static partial void Deaf(this ILogger logger, string what);

    [LoggerMessage(221, LogLevel.Information, "Redis is back")]
    public static partial void Heard(this ILogger logger);

    [LoggerMessage(222, LogLevel.Information, "Node {Node} is heard over Redis")]
    public static partial void NodeHeard(this ILogger logger, string node);

    [LoggerMessage(223, LogLevel.Warning, "Node {Node} is not heard over Redis any more: what it may have said last is looked for in the database")]
    public static partial void NodeSilent(this ILogger logger, string node);

    [LoggerMessage(224, LogLevel.Information, "Node {Node} has left")]
    public static partial void NodeLeft(this ILogger logger, string node);

    [LoggerMessage(225, LogLevel.Error, "What came over Redis could not be passed on")]
    public static partial void HearingFailed(this ILogger logger, Exception error);

    [LoggerMessage(227, LogLevel.Warning,
        "{Count} messages came over Redis that were not believed, the last one because {Reason}: somebody else may "
            + "publish there. What they may have replaced is looked for in the database")]
    public static partial void NotBelieved(this ILogger logger, long count, string reason);

    [LoggerMessage(226, LogLevel.Error, "The watch over Redis failed and goes on")]
    public static partial void WatchFailed(this ILogger logger, Exception error);
}

using Yarp.ReverseProxy.Forwarder;

namespace Chat.Server.Cluster;

/// <summary>Who is there, and what could not be passed on. The path only: the query may hold a token.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(500, LogLevel.Information, "This is node {Id}, which others reach at {Url}")]
    public static partial void Registered(this ILogger logger, string id, Uri url);

    [LoggerMessage(501, LogLevel.Information, "Node {Id} at {Url} is there")]
    public static partial void NodeAppeared(this ILogger logger, string id, string url);

    [LoggerMessage(502, LogLevel.Information, "Node {Id} at {Url} is gone")]
    public static partial void NodeDisappeared(this ILogger logger, string id, string url);

    [LoggerMessage(503, LogLevel.Error, "This node takes no part in the cluster: {Reason}")]
    public static partial void NotReached(this ILogger logger, string reason);

    [LoggerMessage(504, LogLevel.Warning, "The list of nodes stays as it is: the database does not answer")]
    public static partial void ListStays(this ILogger logger, Exception error);

    [LoggerMessage(505, LogLevel.Information, "The list of nodes is up to date again")]
    public static partial void ListIsBack(this ILogger logger);

    [LoggerMessage(506, LogLevel.Debug, "{Method} {Path} for node {Id} ended: {Error}")]
    public static partial void ForwardEnded(this ILogger logger, string method, PathString path, string id, ForwarderError error);

    [LoggerMessage(507, LogLevel.Warning, "This machine's clock is {Seconds:0} s behind the database's (ahead if negative): the time of day is taken from there")]
    public static partial void ClockDiffers(this ILogger logger, double seconds);
}

using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Every log line of the client; never a token and never a body.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information, "{State} on {Transport}: {Reason} (attempt {Attempt})")]
    public static partial void StatusChanged(ILogger log, ConnectionState state, TransportKind? transport, string reason, int attempt);

    [LoggerMessage(2, LogLevel.Information, "Sync again: {Reason}")]
    public static partial void SyncAgain(ILogger log, string reason);

    [LoggerMessage(3, LogLevel.Debug, "Probe of {Transport}: {Detail}")]
    public static partial void Probed(ILogger log, TransportKind transport, string detail);

    [LoggerMessage(4, LogLevel.Warning, "The transport file {File} cannot be read; starting with the best transport.")]
    public static partial void TransportFileUnreadable(ILogger log, string file, Exception e);

    [LoggerMessage(5, LogLevel.Warning, "The transport file {File} cannot be written; the next start begins with the best transport.")]
    public static partial void TransportFileUnwritable(ILogger log, string file, Exception e);

    [LoggerMessage(6, LogLevel.Warning, "Room {RoomId}: {Count} messages wait {Wait} after {Code}")]
    public static partial void SendDelayed(ILogger log, string roomId, int count, TimeSpan wait, string code);

    [LoggerMessage(7, LogLevel.Warning, "Room {RoomId}: message {ClientId} refused with {Code}")]
    public static partial void SendRefused(ILogger log, string roomId, string clientId, string code);

    [LoggerMessage(8, LogLevel.Warning, "Room {RoomId}: events {From}-{To} are not visible ({Code}); going on after them")]
    public static partial void NotVisible(ILogger log, string roomId, long from, long to, string code);

    [LoggerMessage(9, LogLevel.Warning, "A subscriber of OutboxChanged threw")]
    public static partial void SubscriberThrew(ILogger log, Exception e);

    [LoggerMessage(10, LogLevel.Debug, "Closing a connection failed")]
    public static partial void CloseFailed(ILogger log, Exception e);

    [LoggerMessage(11, LogLevel.Warning, "Outbox: {Ignored} unreadable lines at the end of {File} ignored")]
    public static partial void OutboxTorn(ILogger log, string file, int ignored);

    [LoggerMessage(12, LogLevel.Error, "The connection loop stopped unexpectedly")]
    public static partial void LoopBroke(ILogger log, Exception e);

    [LoggerMessage(13, LogLevel.Error, "Outbox: {File} cannot be compacted; it goes on growing")]
    public static partial void OutboxNotCompacted(ILogger log, string file, Exception e);
}

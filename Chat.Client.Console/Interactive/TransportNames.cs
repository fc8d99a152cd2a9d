using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>Transports as people write and read them.</summary>
public static class TransportNames
{
    /// <summary>What may be written.</summary>
    public const string Allowed = "auto, websockets, sse or longpolling";

    /// <summary>The transport of a written name; null for <c>auto</c>. Throws <c>invalid</c> for any other.</summary>
    public static TransportKind? Parse(string name) => name.ToLowerInvariant() switch
    {
        "auto" => null,
        "websockets" or "websocket" or "ws" => TransportKind.WebSockets,
        "sse" => TransportKind.ServerSentEvents,
        "longpolling" or "lp" => TransportKind.LongPolling,
        _ => throw new ChatException(ErrorCodes.Invalid, $"A transport is {Allowed}."),
    };

    /// <summary>As a sentence has it.</summary>
    public static string Name(TransportKind? kind) => kind switch
    {
        TransportKind.WebSockets => "WebSockets",
        TransportKind.ServerSentEvents => "SSE",
        TransportKind.LongPolling => "long polling",
        _ => "no transport",
    };

    /// <summary>The state of a connection in a few words, such as <c>connected over WebSockets</c>.</summary>
    public static string Describe(ConnectionStatus status)
    {
        var reason = TerminalText.Line(status.Reason).TrimEnd('.');
        return status.State switch
        {
            ConnectionState.Connected => $"connected over {Name(status.Transport)}",
            ConnectionState.Connecting when status.Attempt > 1 && reason.Length > 0 => $"connecting, try {status.Attempt}: {reason}",
            ConnectionState.Connecting => "connecting",
            ConnectionState.Failed => $"refused: {reason}",
            _ => "not connected",
        };
    }
}

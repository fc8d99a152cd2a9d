using System.Text;

namespace Chat.Bench.Proxy;

/// <summary>
/// A proxy that knows no WebSocket: it hangs up on every request that asks for one. All else passes.
/// Clients open a connection of its own for a WebSocket, and its request comes in one piece.
/// </summary>
public sealed class RefuseUpgrade : Fault
{
    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct) =>
        direction is Direction.Up && HttpText.AsksForWebSocket(bytes.Span) ? throw new CutException() : to.WriteAsync(bytes, ct);
}

/// <summary>A proxy that passes a request for a WebSocket on as an ordinary one, without its hop-by-hop headers, as RFC 9110 7.6.1 has it.</summary>
public sealed class StripUpgrade : Fault
{
    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct) =>
        direction is Direction.Up && HttpText.AsksForWebSocket(bytes.Span)
            ? to.WriteAsync(HttpText.WithoutHeaders(bytes.Span, "Connection", "Upgrade"), ct)
            : to.WriteAsync(bytes, ct);
}

/// <summary>A proxy that collects answers before it passes them on: an event stream, which never ends, never comes. All else passes.</summary>
public sealed class BufferEventStream : Fault
{
    private bool _stream;

    /// <inheritdoc/>
    public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (direction is Direction.Up)
            return to.WriteAsync(bytes, ct);
        // The server sends the head of a stream by itself, before its first event.
        _stream |= bytes.Span.StartsWith("HTTP/1.1 200"u8) && HttpText.Contains(bytes.Span, "text/event-stream");
        return _stream ? ValueTask.CompletedTask : to.WriteAsync(bytes, ct);
    }
}

/// <summary>As much of HTTP/1.1 as a meddling proxy needs.</summary>
internal static class HttpText
{
    public static bool AsksForWebSocket(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GET "u8) && Contains(bytes, "\r\nupgrade: websocket\r\n");

    public static bool Contains(ReadOnlySpan<byte> bytes, string text) =>
        Encoding.Latin1.GetString(bytes).Contains(text, StringComparison.OrdinalIgnoreCase);

    public static byte[] WithoutHeaders(ReadOnlySpan<byte> request, params string[] names) =>
        Encoding.Latin1.GetBytes(string.Join("\r\n", Encoding.Latin1.GetString(request).Split("\r\n")
            .Where(line => !names.Any(name => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)))));
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Chat.Contracts;
using Chat.Server.Relay;

namespace Chat.Server.Transports.Http;

/// <summary>An event as the plain transports write it: each encoding is made once, and shared by all receivers.</summary>
internal static class EventText
{
    private static readonly object s_json = new();
    private static readonly object s_block = new();
    private static readonly object s_argument = new();

    /// <summary>Escapes what would end a script element or begin a comment in it, and U+2028 and U+2029, which older browsers took for ends of lines.</summary>
    private static readonly JsonSerializerOptions s_inScript = new(ChatJson.Options) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>JSON, in one line.</summary>
    public static ReadOnlyMemory<byte> Json(RelayedEvent e) => e.Encoded(s_json, static (e, _) => JsonSerializer.SerializeToUtf8Bytes(e.Event, ChatJson.Options));

    /// <summary>
    /// A block of an event stream (WHATWG HTML, 9.2.6). The number comes last: there are clients (npm's eventsource 2) that take it as theirs when its
    /// line is there, and would not ask again for an event that was cut after it.
    /// </summary>
    public static ReadOnlyMemory<byte> Block(RelayedEvent e) => e.Encoded(s_block, static (e, _) =>
        (byte[])[.. Encoding.UTF8.GetBytes($"event: {e.Event.Type}\ndata: "), .. Json(e).Span, .. Encoding.UTF8.GetBytes($"\nid: {e.Seq}\n\n")]);

    /// <summary>JSON that is harmless inside a script element.</summary>
    public static ReadOnlyMemory<byte> Argument(RelayedEvent e) => e.Encoded(s_argument, static (e, _) => JsonSerializer.SerializeToUtf8Bytes(e.Event, s_inScript));
}

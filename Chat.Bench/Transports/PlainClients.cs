using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chat.Bench.Transports;

/// <summary>Clients of the plain transports, each with connections of its own, as browsers have them; their headers are as few as can be.</summary>
internal static class PlainClients
{
    public static async Task PollAsync(Target target, TimeSpan pause, int wait, CancellationToken ct)
    {
        using var http = Http(target);
        // Not all at the same moment: people do not open their pages together.
        await Task.Delay(pause * Random.Shared.NextDouble(), ct);
        for (var after = target.After; ; await Task.Delay(pause, ct))
        {
            if (wait > 0)
                target.Ready();
            using var page = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"{target.Events}?after={after}&wait={wait}"), ct));
            target.Ready();
            foreach (var e in page.RootElement.GetProperty("events").EnumerateArray())
            {
                after = e.GetProperty("seq").GetInt64();
                target.Heard(JsonSerializer.SerializeToUtf8Bytes(e));
            }
        }
    }

    public static async Task StreamAsync(Target target, string call, Func<string, string?> eventOf, CancellationToken ct)
    {
        using var http = Http(target);
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri($"{target.Events}/{call}after={target.After}"), ct));
        target.Ready();
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (eventOf(line) is { } json)
                target.Heard(Encoding.UTF8.GetBytes(json));
        }
        throw new EndOfStreamException("The stream has ended.");
    }

    /// <summary>What a line of an event stream has for data.</summary>
    public static string? DataOf(string line) => line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : null;

    /// <summary>What a script of an iframe's page gives to its function.</summary>
    public static string? ArgumentOf(string line) => line.StartsWith("<script", StringComparison.Ordinal) ? line[(line.IndexOf('(') + 1)..line.LastIndexOf(')')] : null;

    public static async Task SocketAsync(Target target, CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat.v1");
        socket.Options.KeepAliveInterval = TimeSpan.Zero; // the server pings; browsers do not
        socket.Options.SetRequestHeader("Authorization", $"Bearer {target.Person.Token}");
        await socket.ConnectAsync(new UriBuilder($"{target.Events}/socket?after={target.After}") { Scheme = "ws" }.Uri, ct);
        target.Ready();
        var message = new ArrayBufferWriter<byte>();
        while (await socket.ReceiveAsync(message.GetMemory(1024), ct) is { MessageType: WebSocketMessageType.Text } part)
        {
            message.Advance(part.Count);
            if (!part.EndOfMessage)
                continue;
            target.Heard(message.WrittenMemory);
            message.ResetWrittenCount();
        }
        throw new EndOfStreamException("The socket was closed.");
    }

    private static HttpClient Http(Target target)
    {
        var http = target.Person.Http();
        http.Timeout = TimeSpan.FromMinutes(10);
        return http;
    }
}

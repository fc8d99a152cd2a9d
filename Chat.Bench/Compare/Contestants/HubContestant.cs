using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
using Chat.Client;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat.Bench.Compare;

/// <summary>A hub of SignalR's, in its JSON protocol.</summary>
internal abstract class HubContestant : Contestant
{
    private const string RecordEnd = "\u001e";

    public override IReadOnlyList<TransportKind> Transports { get; } = Enum.GetValues<TransportKind>();

    /// <summary>A ping.</summary>
    public override string KeepAlive => "{\"type\":6}" + RecordEnd;

    /// <summary>Connects one who listens, and calls a method with which that begins.</summary>
    protected async Task<Line> ConnectReceiverAsync(int number, string path, TransportKind transport, string target, string arguments, CancellationToken ct)
    {
        var line = await GreetAsync(transport == TransportKind.WebSockets ? Connect(number, path) : await NegotiateAsync(number, path, transport, ct), ct);
        await line.SendAsync(Call(target, arguments), ct);
        line.WaitFor("\"type\":3");
        return line;
    }

    /// <summary>Connects somebody by a WebSocket.</summary>
    protected Task<WebSocketLine> ConnectAsync(int number, string path, CancellationToken ct) => GreetAsync(Connect(number, path), ct);

    /// <summary>The frame of such a call.</summary>
    protected static byte[] Frame(string target, string arguments) => Frames.Text(Encoding.UTF8.GetBytes(Call(target, arguments)));

    /// <summary>The message that calls a method.</summary>
    protected static string Call(string target, string arguments) =>
        $$"""{"type":1,"invocationId":"1","target":"{{target}}","arguments":{{arguments}}}""" + RecordEnd;

    private static async Task<T> GreetAsync<T>(T line, CancellationToken ct)
        where T : Line
    {
        await line.SendAsync("""{"protocol":"json","version":1}""" + RecordEnd, ct);
        line.WaitFor("{}");
        return line;
    }

    /// <summary>Asks for a connection, and where it is, and begins to listen on it.</summary>
    private async Task<Line> NegotiateAsync(int number, string path, TransportKind transport, CancellationToken ct)
    {
        var at = new UriBuilder(new Uri(Node(number), path));
        while (true)
        {
            var ask = new UriBuilder(at.Uri) { Path = at.Path + "/negotiate" };
            using var answer = await Http.PostAsync(QueryHelpers.AddQueryString(ask.Uri.AbsoluteUri, "negotiateVersion", "1"), null, ct);
            answer.EnsureSuccessStatusCode();
            var negotiated = (await answer.Content.ReadFromJsonAsync<Negotiated>(ct))!;
            if (negotiated.Url is not { } elsewhere)
            {
                var address = new Uri(QueryHelpers.AddQueryString(at.Uri.AbsoluteUri, "id", negotiated.Token!));
                return transport == TransportKind.ServerSentEvents
                    ? HttpLine.Stream(Http, address, ReceiveBuffer)
                    : HttpLine.Poll(Http, address, ReceiveBuffer, _ => "");
            }
            at = new UriBuilder(elsewhere);
        }
    }

    private sealed record Negotiated([property: JsonPropertyName("connectionToken")] string? Token, [property: JsonPropertyName("url")] string? Url);
}

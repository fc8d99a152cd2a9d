using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Tests.Support.Raw;

/// <summary>
/// A SignalR client (JSON) over Server-Sent Events or long polling, made of plain requests, which never pings by itself
/// and sends any text that it is given.
/// </summary>
public sealed class RawHubStream : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly string _path;
    private readonly StreamReader? _stream;
    private readonly StringBuilder _text = new();

    private RawHubStream(HttpClient http, string path, StreamReader? stream) =>
        (_http, _path, _stream) = (http, path, stream);

    /// <summary>The text that the server has sent.</summary>
    public string Text => _text.ToString();

    /// <summary>Negotiates, opens the transport and does SignalR's handshake.</summary>
    /// <param name="server">The server.</param>
    /// <param name="token">An access token.</param>
    /// <param name="polls">Long polling; otherwise an event stream.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<RawHubStream> ConnectAsync(Uri server, string token, bool polls, CancellationToken ct)
    {
        // A small buffer of the system lets the server notice sooner that this client does not read.
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        var http = new HttpClient(handler)
        {
            BaseAddress = server,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var negotiated = await http.PostAsync(
            new Uri($"{Wire.HubPath}/negotiate?negotiateVersion=1", UriKind.Relative), null, ct);
        using var answer = JsonDocument.Parse(await negotiated.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct));
        var connectionToken = answer.RootElement.GetProperty("connectionToken").GetString()!;
        var path = $"{Wire.HubPath}?id={Uri.EscapeDataString(connectionToken)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (!polls)
            request.Headers.Accept.ParseAdd("text/event-stream");
        var opened = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        opened.EnsureSuccessStatusCode();
        var client = new RawHubStream(http, path, polls ? null
            : new StreamReader(await opened.Content.ReadAsStreamAsync(ct)));
        await client.SendTextAsync("""{"protocol":"json","version":1}""", ct);
        return client;
    }

    /// <summary>Sends one hub message as it is, broken or not, with the terminator behind it.</summary>
    public async Task SendTextAsync(string message, CancellationToken ct)
    {
        using var content = new StringContent(message + '\u001e');
        using var answer = await _http.PostAsync(new Uri(_path, UriKind.Relative), content, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reads until something comes; false once the server has ended the connection.</summary>
    public async Task<bool> ReadAsync(CancellationToken ct)
    {
        if (_stream is not null)
        {
            var line = await _stream.ReadLineAsync(ct);
            _text.Append(line);
            return line is not null;
        }
        using var poll = await _http.GetAsync(new Uri(_path, UriKind.Relative), ct);
        _text.Append(await poll.Content.ReadAsStringAsync(ct));
        return poll.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Completes when the server has ended the connection; reads and discards the rest.</summary>
    public async Task EndedAsync(CancellationToken ct)
    {
        try
        {
            while (await ReadAsync(ct))
            {
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A broken connection is an end, too.
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _stream?.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}

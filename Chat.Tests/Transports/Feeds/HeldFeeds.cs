using System.Net;
using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Transports.Feeds;

/// <summary>All feeds that the server holds open, of one person in one room that has two events: each has had the second.</summary>
internal sealed class HeldFeeds : IDisposable
{
    /// <summary>How many.</summary>
    public const int Count = 4;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly Api _api;
    private readonly HttpClient _http;
    private readonly StreamReader _stream;
    private readonly StreamReader _frame;
    private readonly ClientWebSocket _socket;

    private HeldFeeds(Api api, HttpClient http, StreamReader stream, StreamReader frame, ClientWebSocket socket, Task<Answer> poll) =>
        (_api, _http, _stream, _frame, _socket, Poll) = (api, http, stream, frame, socket, poll);

    /// <summary>The answer to a long poll after the second event.</summary>
    public Task<Answer> Poll { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<HeldFeeds> OpenAsync(Person person, string room)
    {
        var (api, http, events) = (new Api(person.Server, person), person.Http(), $"/api/rooms/{room}/events");
        var poll = api.GetAsync($"{events}?after=2&wait=60");
        var stream = await ReadAsync(http, $"{events}/stream?after=1");
        var frame = await ReadAsync(http, $"{events}/frame?after=1&callback=got");
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat.v1");
        await socket.ConnectAsync(new UriBuilder(new Uri(person.Server, $"{events}/socket")) { Scheme = "ws", Query = $"after=1&access_token={person.Token}" }.Uri, Ct);
        var feeds = new HeldFeeds(api, http, stream, frame, socket, poll);
        Assert.Equal("id: 2", await LineAsync(stream, line => line.StartsWith("id", StringComparison.Ordinal)));
        Assert.Contains("\"seq\":2", await LineAsync(frame, line => line.StartsWith("<script", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"seq\":2", Encoding.UTF8.GetString((await feeds.ReceiveAsync()).Bytes), StringComparison.Ordinal);
        return feeds;
    }

    /// <summary>An answer that does not end, to be read.</summary>
    public static async Task<StreamReader> ReadAsync(HttpClient http, string path)
    {
        var answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
    }

    /// <summary>The next line of a kind; null at the end of the answer, which must be one and not a cut.</summary>
    public static async Task<string?> LineAsync(StreamReader reader, Func<string, bool> which)
    {
        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(s_soon, Ct) is { } line)
        {
            if (which(line))
                return line;
        }
        return null;
    }

    /// <summary>The streams must end as they ought to, without an event before that, and the socket with this status.</summary>
    public async Task EndAsync(int status)
    {
        Assert.Null(await LineAsync(_stream, line => line.Length > 0 && line[0] is 'i'));
        Assert.Null(await LineAsync(_frame, line => line.StartsWith("<script", StringComparison.Ordinal)));
        var (type, _) = await ReceiveAsync();
        Assert.Equal((WebSocketMessageType.Close, status), (type, (int)_socket.CloseStatus!));
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _frame.Dispose();
        _socket.Dispose();
        _http.Dispose();
        _api.Dispose();
    }

    private async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var received = await _socket.ReceiveAsync(buffer.AsMemory(), Ct).AsTask().WaitAsync(s_soon, Ct);
        return (received.MessageType, buffer[..received.Count]);
    }
}

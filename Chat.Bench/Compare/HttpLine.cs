using System.Net.Sockets;

namespace Chat.Bench.Compare;

/// <summary>
/// One who listens over HTTP/1.1: to a stream of events, which is one response without an end, or by polling, where each response is followed by the next
/// request on the same connection. What it sends are requests of their own to the same address.
/// </summary>
internal sealed class HttpLine : Line
{
    private readonly ResponseReader _responses = new();
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly Func<ResponseReader, string>? _poll;

    /// <param name="http">For what it sends.</param>
    /// <param name="address">With its query.</param>
    /// <param name="receiveBuffer">Bytes that the system keeps unread; 0: as it likes.</param>
    /// <param name="poll">After a response, the fields of the next request; null: there is none.</param>
    private HttpLine(HttpClient http, Uri address, int receiveBuffer, Func<ResponseReader, string>? poll)
        : base(address, receiveBuffer) => (_http, _address, _poll) = (http, address, poll);

    /// <summary>Requests a stream of events.</summary>
    public static HttpLine Stream(HttpClient http, Uri address, int receiveBuffer) =>
        new HttpLine(http, address, receiveBuffer, poll: null).Begin("Accept: text/event-stream\r\n");

    /// <summary>Requests the first response of a poll, which must come by itself.</summary>
    public static HttpLine Poll(HttpClient http, Uri address, int receiveBuffer, Func<ResponseReader, string> fields) =>
        new HttpLine(http, address, receiveBuffer, fields).Begin("");

    public override ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> input)
    {
        var ended = _responses.Ended;
        var piece = _responses.Next(ref input);
        if (_responses.Ended > ended)
            PollAgain();
        return piece;
    }

    public override Task SendAsync(string text, CancellationToken ct) => PostAsync(_http, _address, text, ct);

    /// <summary>Sends a text to an address where nobody listens yet.</summary>
    public static async Task PostAsync(HttpClient http, Uri address, string text, CancellationToken ct)
    {
        using var content = new StringContent(text);
        using var answer = await http.PostAsync(address, content, ct);
        answer.EnsureSuccessStatusCode();
    }

    private HttpLine Begin(string fields)
    {
        Begin(_responses, _address.PathAndQuery, fields, status: 200);
        // It may have had no content.
        if (_responses.Ended > 0)
            PollAgain();
        return this;
    }

    /// <summary>After a success: with anything else the contestant ends it.</summary>
    private void PollAgain()
    {
        if (_poll is null || _responses.Status != 200)
            return;
        try
        {
            Socket.Send(Request(_address.PathAndQuery, _poll(_responses)));
        }
        catch (SocketException)
        {
            // The connection has ended. Who reads it will see that.
        }
    }
}

using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Transports;

/// <summary>
/// Keeps SignalR's requests, and the token on them, on the server's own origin, and bounds every answer. SignalR's
/// client itself follows redirects and goes wherever a negotiation says, over plain http too.
/// </summary>
/// <param name="inner">Sends the requests; must not follow redirects.</param>
/// <param name="server">The server's root.</param>
/// <param name="most">Bytes of one answer, and of one message in a stream.</param>
internal sealed class OwnServerHandler(HttpMessageHandler inner, Uri server, int most) : DelegatingHandler(inner)
{
    private const string EventStream = "text/event-stream";
    private const byte EndOfMessage = 0x1e; // of the hub's JSON protocol; a stream as a whole has no bound

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        if (!ServerAnswers.IsOn(server, request.RequestUri))
            throw Elsewhere(request.RequestUri);
        var answer = await base.SendAsync(request, cancellationToken);
        try
        {
            if (ServerAnswers.Redirect(server, answer) is { } redirect)
                throw redirect;
            await BoundAsync(answer, cancellationToken);
            if (answer.IsSuccessStatusCode
                && request.RequestUri!.AbsolutePath.EndsWith("/negotiate", StringComparison.Ordinal))
                await KeepHereAsync(answer, cancellationToken);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task BoundAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var headers = answer.Content.Headers;
        if (answer.IsSuccessStatusCode && headers.ContentType?.MediaType == EventStream)
        {
            var bounded = new StreamContent(new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken),
                server, most, EndOfMessage));
            foreach (var (name, values) in headers)
                bounded.Headers.TryAddWithoutValidation(name, values);
            answer.Content = bounded;
            return;
        }
        try
        {
            await answer.Content.LoadIntoBufferAsync(most, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw ServerAnswers.TooLarge(server, most, e);
        }
    }

    /// <summary>
    /// A cluster's node sends its client on to the same address with another query. The client takes only path and
    /// query of such an address, because a node behind a proxy may not know its own scheme or port. It refuses another
    /// host.
    /// </summary>
    private async Task KeepHereAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        JsonObject? negotiation;
        try
        {
            negotiation = JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken)) as JsonObject;
        }
        catch (JsonException)
        {
            return; // SignalR's client says what is wrong with it
        }
        if (negotiation?["url"] is not JsonValue value || !value.TryGetValue<string>(out var url) || url.Length == 0)
            return;
        if (!Uri.TryCreate(server, url, out var to) || !ServerAnswers.IsHostOf(server, to))
            throw Elsewhere(to);
        negotiation["url"] = server.GetLeftPart(UriPartial.Authority) + to.PathAndQuery;
        negotiation.Remove("accessToken"); // the token stays the client's own
        answer.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(negotiation));
        answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    private ChatException Elsewhere(Uri? to) => new(
        ServerAnswers.RedirectedCode,
        $"{server.Authority} sends its clients on to "
        + (to is { IsAbsoluteUri: true } ? to.GetLeftPart(UriPartial.Authority) : "an address that is none")
        + ". Nothing was sent there. A proxy in front of the server may pass on another Host.");
}

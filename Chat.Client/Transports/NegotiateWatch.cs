namespace Chat.Client.Transports;

/// <summary>
/// Notes whether the server answered the negotiation. If it did and no frame follows, the transport is to blame; if not, the server is. That a node
/// of a cluster sends the client on to another one is not an answer yet.
/// </summary>
internal sealed class NegotiateWatch(HttpMessageHandler inner, Action answered) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && request.RequestUri?.AbsolutePath.EndsWith("/negotiate", StringComparison.Ordinal) == true
            && (await response.Content.ReadAsByteArrayAsync(cancellationToken)).AsSpan().IndexOf("\"connectionToken\""u8) >= 0)
            answered();
        return response;
    }
}

using Chat.Client.Transports;

namespace Chat.Client.Console.Doctor;

/// <summary>Whoever answers while the way is examined may be anybody: no answer, and no stream as a whole, is read
/// beyond a bound.</summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner, Uri server) : DelegatingHandler(inner)
{
    /// <summary>Bytes; many times what all the test messages of one run need.</summary>
    public const int Most = 16 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        var bounded = new StreamContent(
            new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), server, Most));
        foreach (var (name, values) in answer.Content.Headers)
            bounded.Headers.TryAddWithoutValidation(name, values);
        answer.Content = bounded;
        return answer;
    }
}

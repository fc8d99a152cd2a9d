using Chat.Client.Transports;

namespace Chat.Client.Console.Doctor;

/// <summary>
/// Bounds every answer, and every stream as a whole, because anybody may answer while the doctor examines the way to
/// the server.
/// </summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner, Uri server) : DelegatingHandler(inner)
{
    /// <summary>The bound in bytes: many times the size of all the test messages of one run.</summary>
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

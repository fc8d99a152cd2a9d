using System.Net;
using System.Text.Json;

namespace Chat.Server.Cluster;

/// <summary>The connections from this node to others. Thread-safe.</summary>
internal sealed class NodeHttp : IDisposable
{
    /// <summary>Where a node says which one it is.</summary>
    public const string WhoAmI = "/cluster/whoami";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Passes on what it is given and adds nothing of its own: no cookies, redirects, proxies or trace headers.</summary>
    public HttpMessageInvoker Invoker { get; } = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        // A node that is there answers at once; one that is not must not hold up who could start anew elsewhere.
        ConnectTimeout = TimeSpan.FromSeconds(1.5),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Asks over a new connection which node is there; null if none answers.</summary>
    public async Task<string?> AskAsync(Uri url, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(s_patience);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(url, WhoAmI)) { Headers = { ConnectionClose = true } };
            using var answer = await Invoker.SendAsync(question, late.Token);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<Answer>(late.Token))?.Id : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => Invoker.Dispose();

    internal sealed record Answer(string Id);
}

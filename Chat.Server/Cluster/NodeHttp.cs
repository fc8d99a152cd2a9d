using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Hosting.Tls;

namespace Chat.Server.Cluster;

/// <summary>The connections from this node to others. Thread-safe.</summary>
internal sealed class NodeHttp(NodeRegistry nodes, ServerCertificate? own = null) : IDisposable
{
    /// <summary>Where a node says which one it is.</summary>
    public const string WhoAmI = "/cluster/whoami";

    private const int MostAnswerBytes = 64 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private HttpMessageInvoker? _invoker;

    /// <summary>Passes on what it is given and adds nothing of its own: no cookies, redirects, proxies or trace headers.</summary>
    public HttpMessageInvoker Invoker => LazyInitializer.EnsureInitialized(ref _invoker, () => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = IsNode },
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        // A node that is there answers at once; one that is not must not hold up who could start anew elsewhere.
        ConnectTimeout = TimeSpan.FromSeconds(1.5),
        UseCookies = false,
        UseProxy = false,
    }));

    /// <summary>Asks over a new connection which node is there; null if none answers.</summary>
    public async Task<string?> AskAsync(Uri url, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(s_patience);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(url, WhoAmI)) { Headers = { ConnectionClose = true } };
            using var answer = await Invoker.SendAsync(question, late.Token);
            await answer.Content.LoadIntoBufferAsync(MostAnswerBytes, late.Token);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<Answer>(late.Token))?.Id : null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or JsonException or IOException
            or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _invoker?.Dispose();

    /// <summary>Where the registry tells no fingerprint, the system's authorities decide.</summary>
    private bool IsNode(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None || certificate is null)
            return errors == SslPolicyErrors.None;
        using var known = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var pin = Fingerprint.OfKey(known);
        return own?.Current.Pin == pin || nodes.Others.Any(node => node.Pin == pin);
    }

    internal sealed record Answer(string Id);
}

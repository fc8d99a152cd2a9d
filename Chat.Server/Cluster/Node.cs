using System.Diagnostics.CodeAnalysis;

namespace Chat.Server.Cluster;

/// <summary>Another node of the cluster, from the moment that this one learns of it until it is gone. It never comes back: who starts again has another id.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and holds no handle.")]
internal sealed class Node
{
    private readonly CancellationTokenSource _gone = new();

    private volatile string? _pin;

    /// <param name="id">Made at random when the process started.</param>
    /// <param name="url">The address from the registry.</param>
    /// <param name="features">The features from the registry.</param>
    public Node(string id, string url, string? features = null)
    {
        (Id, Url, Features) = (id, url.Split('#')[0], features);
        Certify(url);
        Gone = _gone.Token;
    }

    /// <summary>Made at random when the process started.</summary>
    public string Id { get; }

    /// <summary>Where it is reached: scheme, host and port.</summary>
    public string Url { get; }

    /// <summary>The node's features; null for a node that is older than <see cref="ClusterFeatures"/>.</summary>
    public string? Features { get; }

    /// <summary>The fingerprint of its certificate's key; null if it has not said it, so that the system's authorities decide.</summary>
    public string? Pin => _pin;

    /// <summary>Cancelled when the node is no longer in the registry: what waits for it waits in vain.</summary>
    public CancellationToken Gone { get; }

    /// <summary>It shows the certificate that the registry tells now.</summary>
    public void Certify(string url) => _pin = url.Split('#') is [_, var pin] ? pin : null;

    /// <summary>It is gone. On another thread: whoever waits for it may do a lot.</summary>
    public void Leave() => _ = _gone.CancelAsync();
}

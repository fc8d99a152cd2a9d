using System.Diagnostics.CodeAnalysis;

namespace Chat.Server.Cluster;

/// <summary>Another node of the cluster, from the moment that this one learns of it until it is gone. It never comes back: who starts again has another id.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and holds no handle.")]
internal sealed class Node
{
    private readonly CancellationTokenSource _gone = new();

    public Node(string id, string url)
    {
        (Id, Url) = (id, url);
        Gone = _gone.Token;
    }

    /// <summary>Made at random when the process started.</summary>
    public string Id { get; }

    /// <summary>Where it is reached: scheme, host and port.</summary>
    public string Url { get; }

    /// <summary>Cancelled when the node is no longer in the registry: what waits for it waits in vain.</summary>
    public CancellationToken Gone { get; }

    /// <summary>It is gone. On another thread: whoever waits for it may do a lot.</summary>
    public void Leave() => _ = _gone.CancelAsync();
}

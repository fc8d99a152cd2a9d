using System.Collections.Frozen;
using Chat.Contracts;

namespace Chat.Server.Cluster;

/// <summary>
/// The features that every node of the cluster has. During a rolling update, or back, nodes of two versions run side by
/// side. A feature counts only while each registered node has entered it into the registry. A single server has all of
/// its own features. Thread-safe.
/// </summary>
/// <param name="alone">False on a node of a cluster, where no feature counts before the node has read the registry for
/// the first time.</param>
public sealed class ClusterFeatures(bool alone)
{
    /// <summary>The key ring in the database is encrypted by a key that all nodes have.</summary>
    public const string EncryptedKeys = "encryptedKeys";

    /// <summary>Hints over Redis carry a code that proves that a node wrote them.</summary>
    public const string SignedHints = "signedHints";

    /// <summary>The cookie has another name over https: <see cref="Accounts.HostCookie"/>.</summary>
    public const string HostCookie = "hostCookie";

    /// <summary>A connection's token may name its node: <see cref="HubToken"/>.</summary>
    public const string NodeInToken = "nodeInToken";

    private static readonly FrozenSet<string> s_none = [];

    private volatile FrozenSet<string> _current = alone ? [.. Known] : s_none;
    private volatile bool _metOlder, _isRead = alone;

    /// <summary>
    /// The current set has changed. Raised on the thread that reads the registry; handlers return at once.
    /// </summary>
    public event Action? Changed;

    /// <summary>
    /// The features of this version: <see cref="Features.All"/> of the wire, and those between nodes only.
    /// </summary>
    public static IReadOnlyList<string> Known { get; } = [.. Features.All, EncryptedKeys, SignedHints, HostCookie,
        NodeInToken];

    /// <summary>The features of the wire that every node has, in the order of <see cref="Features.All"/>.</summary>
    public IReadOnlyList<string> Current
    {
        get
        {
            var current = _current;
            return [.. Features.All.Where(current.Contains)];
        }
    }

    /// <summary>Whether the registry was read since the start. Before that, no feature of a cluster counts.</summary>
    public bool IsRead => _isRead;

    /// <summary>Whether every node has it.</summary>
    public bool Has(string feature) => _current.Contains(feature);

    /// <summary>Whether there were nodes that cannot do all of it, and are none any more.</summary>
    public bool IsLastOlderGone => _metOlder && Known.All(_current.Contains);

    /// <summary>
    /// Takes the entries of the other nodes from the registry. Null stands for a node that is older than the column.
    /// </summary>
    internal void Learn(IEnumerable<string?> others)
    {
        var current = others.Aggregate(Known.AsEnumerable(), (common, entry) => common.Intersect(Parse(entry)))
            .ToFrozenSet();
        _metOlder |= current.Count < Known.Count;
        var changed = !current.SetEquals(_current);
        _current = current;
        _isRead = true;
        if (changed)
            Changed?.Invoke();
    }

    /// <summary>The text for this node's row in the registry.</summary>
    internal static string Entry() => string.Join(' ', Known);

    private static string[] Parse(string? entry) => entry?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}

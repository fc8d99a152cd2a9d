namespace Chat.Server.Relay;

/// <summary>
/// The ids of the cluster's nodes as the registry in the database has them. Whoever is in it and not heard over the backplane may commit without a
/// word: as long as that is so, heads are compared. Thread-safe.
/// </summary>
public sealed class RegisteredNodes(TimeProvider time)
{
    private volatile IReadOnlyCollection<string> _ids = [];
    private volatile bool _allSign;
    private long _leftAt;

    /// <summary>Replaced as a whole by who keeps the registry; empty while nobody does.</summary>
    public IReadOnlyCollection<string> Ids
    {
        get => _ids;
        set
        {
            if (_ids.Except(value).Any())
                Volatile.Write(ref _leftAt, Math.Max(1, time.GetTimestamp()));
            _ids = value;
        }
    }

    /// <summary>
    /// Whether every node signs its messages. If so, a message without a code does not come from a node.
    /// </summary>
    public bool AllSign
    {
        get => _allSign;
        set => _allSign = value;
    }

    /// <summary>Whether a node has left the registry within this time.</summary>
    public bool HasOneLeft(TimeSpan within) =>
        Volatile.Read(ref _leftAt) is not 0 and var at && time.GetElapsedTime(at) < within;
}

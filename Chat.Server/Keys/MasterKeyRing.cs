namespace Chat.Server.Keys;

/// <summary>The master keys as this process uses them now. Thread-safe.</summary>
internal sealed class MasterKeyRing
{
    private volatile MasterKeys? _keys;
    private volatile MasterKey? _current;
    private volatile bool _mayEncrypt;

    /// <summary>The master keys that this node was given.</summary>
    /// <exception cref="InvalidOperationException">The server has not read them yet.</exception>
    public MasterKeys Keys => _keys ?? throw new InvalidOperationException("the master keys have not been read yet");

    /// <summary>The master key that encrypts, as the database says; null while the keys are to stay plain.</summary>
    public MasterKey? Current => _current;

    /// <summary>
    /// The master key by which this node signs its messages to the others: the one in use, also while the keys stay
    /// plain.
    /// </summary>
    public MasterKey Signing => _current ?? Keys.All[0];

    /// <summary>Whether every node reads encrypted keys.</summary>
    public bool MayEncrypt
    {
        get => _mayEncrypt;
        set => _mayEncrypt = value;
    }

    /// <summary>Takes the master keys that were read, or a new decision from the database.</summary>
    public void Set(MasterKeys keys, MasterKey? current) => (_keys, _current) = (keys, current);
}

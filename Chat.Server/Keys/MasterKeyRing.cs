namespace Chat.Server.Keys;

/// <summary>The master keys as this process uses them now. Thread-safe.</summary>
internal sealed class MasterKeyRing
{
    private volatile MasterKeys? _keys;
    private volatile MasterKey? _current;
    private volatile bool _mayEncrypt;

    /// <summary>Those that this node was given.</summary>
    /// <exception cref="InvalidOperationException">Before they were read at start.</exception>
    public MasterKeys Keys => _keys ?? throw new InvalidOperationException("the master keys have not been read yet");

    /// <summary>The one that the database says is in use; null while the keys are to stay plain.</summary>
    public MasterKey? Current => _current;

    /// <summary>
    /// By which this node signs what it tells the others: the one in use, also while the keys stay plain.
    /// </summary>
    public MasterKey Signing => _current ?? Keys.All[0];

    /// <summary>Whether every node reads encrypted keys.</summary>
    public bool MayEncrypt
    {
        get => _mayEncrypt;
        set => _mayEncrypt = value;
    }

    /// <summary>They were read, or the database says something new.</summary>
    public void Set(MasterKeys keys, MasterKey? current) => (_keys, _current) = (keys, current);
}

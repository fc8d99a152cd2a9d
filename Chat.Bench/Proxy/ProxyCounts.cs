namespace Chat.Bench.Proxy;

/// <summary>What a proxy has done. Thread-safe.</summary>
public sealed class ProxyCounts
{
    private int _connections;
    private int _cuts;
    private int _cutsInTraffic;
    private long _lostBytes;

    /// <summary>Connections accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections that the proxy cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Those of the cuts that hit a connection which had carried bytes in the last second.</summary>
    public int CutsInTraffic => Volatile.Read(ref _cutsInTraffic);

    /// <summary>Bytes that came in and never went out.</summary>
    public long LostBytes => Interlocked.Read(ref _lostBytes);

    internal void Accepted() => Interlocked.Increment(ref _connections);

    internal void Cut(bool inTraffic)
    {
        Interlocked.Increment(ref _cuts);
        if (inTraffic)
            Interlocked.Increment(ref _cutsInTraffic);
    }

    internal void Lost(long bytes) => Interlocked.Add(ref _lostBytes, bytes);
}

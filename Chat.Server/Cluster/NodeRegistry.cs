using System.Collections.Immutable;
using System.Data.Common;
using System.Security.Cryptography;
using Chat.Server.Hosting;

namespace Chat.Server.Cluster;

/// <summary>
/// Which nodes are alive and where they are reached: the list that <see cref="NodeHeartbeat"/> keeps fresh, in memory. While the database does not answer,
/// the last one stays. Thread-safe.
/// </summary>
internal sealed class NodeRegistry(
    NodeId self, NodeTable table, ClusterFeatures features, ClusterClock time,
    ILogger<NodeRegistry> logger) : IDisposable
{
    /// <summary>However many ask for nodes that are not there: no more often than this does it look for them in the database.</summary>
    private static readonly TimeSpan s_spacing = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile ImmutableDictionary<string, Node> _others = ImmutableDictionary<string, Node>.Empty;
    private volatile bool _entered, _leaving, _stale;
    private long _begun, _heard, _keepUntil;

    /// <summary>Another node is there. Told in order with <see cref="Disappeared"/>, one at a time; who listens must not wait.</summary>
    public event Action<Node>? Appeared;

    /// <summary>Another node has stopped, or has been silent for some 5 s. What it did last may not have been told by it.</summary>
    public event Action<Node>? Disappeared;

    /// <summary>This node; made at random when the process started.</summary>
    public string Id { get; } = self.Value;

    /// <summary>The other nodes that are alive.</summary>
    public IEnumerable<Node> Others => _others.Values;

    /// <summary>Whether others reach this node, so that connections may begin on it.</summary>
    public bool TakesConnections => _entered && !_leaving;

    /// <summary>
    /// Where a new connection is to begin: here, unless this node stops, or is not reached by the others. Null if
    /// neither this node nor one that it knows takes connections.
    /// </summary>
    public string? ForNewConnection()
    {
        if (TakesConnections)
            return Id;
        var others = _others.Values.ToArray();
        return others.Length > 0 ? others[RandomNumberGenerator.GetInt32(others.Length)].Id : null;
    }

    /// <summary>
    /// Another node by its id; null if it is not alive. One that is not on the list is looked for in the database, since it may have started a moment ago.
    /// </summary>
    public async ValueTask<Node?> FindAsync(string id, CancellationToken cancellation)
    {
        if (_others.TryGetValue(id, out var node) || id == Id || id.Length != Id.Length || _stale)
            return node;
        try
        {
            await RefreshAsync(table.LookAsync, evenIfFresh: false, cancellation);
        }
        catch (Exception e) when (IsOfTheDatabase(e))
        {
            return null; // the next beat finds that, too, and says so
        }
        return _others.GetValueOrDefault(id);
    }

    /// <summary>Enters this node under an address at which it reaches itself.</summary>
    public async Task EnterAsync(Uri url, CancellationToken cancellation)
    {
        await table.EnterAsync(Id, url, cancellation);
        _entered = true; // from now on others may send connections here
        await BeatAsync(url, cancellation);
        logger.Registered(Id, url);
    }

    /// <summary>Says that this node is there, and learns who else is.</summary>
    public Task BeatAsync(Uri url, CancellationToken cancellation) => RefreshAsync(ct => table.BeatAsync(Id, url, ct), evenIfFresh: true, cancellation);

    /// <summary>Learns who is there.</summary>
    public Task LookAsync(CancellationToken cancellation) => RefreshAsync(table.LookAsync, evenIfFresh: true, cancellation);

    /// <summary>This node is not where it says it is: it takes part no longer until it is entered again.</summary>
    public async Task WithdrawAsync()
    {
        _entered = false;
        await table.RemoveAsync(Id);
    }

    /// <summary>This node stops: the others learn of it with their next beat, and its new clients begin elsewhere from now on.</summary>
    public async Task LeaveAsync()
    {
        _leaving = true;
        await _one.WaitAsync(); // a beat under way would enter it again
        try
        {
            await table.RemoveAsync(Id);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Whether the database did not answer, or the caller did not want to wait for it any longer.</summary>
    public static bool IsOfTheDatabase(Exception e) =>
        e is DbException or OperationCanceledException or TimeoutException or IOException or System.Net.Sockets.SocketException
            or { InnerException: DbException or TimeoutException or IOException };

    /// <summary>One at a time. Not done if another one began after this was called, unless it is wanted even then.</summary>
    private async Task RefreshAsync(Func<CancellationToken, Task<List<SeenNode>>> read, bool evenIfFresh, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        await _one.WaitAsync(cancellation);
        try
        {
            if (_leaving || (_begun > asked && !evenIfFresh))
                return;
            if (_begun != 0 && s_spacing - time.GetElapsedTime(_begun) is { Ticks: > 0 } rest)
                await Task.Delay(rest, time, cancellation);
            _begun = time.GetTimestamp();
            Take(await read(cancellation));
            if (_stale)
                logger.ListIsBack();
            _stale = false;
        }
        catch (Exception e) when (IsOfTheDatabase(e) && !cancellation.IsCancellationRequested)
        {
            if (!_stale)
                logger.ListStays(e);
            _stale = true;
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Take(List<SeenNode> alive)
    {
        // After a time without an answer nobody has had the chance to be seen: those on the list have as long as they ever have.
        if (_heard != 0 && time.GetElapsedTime(_heard) > NodeTable.Silence / 2)
            _keepUntil = time.GetTimestamp() + (long)(NodeTable.Silence.TotalSeconds * time.TimestampFrequency);
        _heard = time.GetTimestamp();
        if (alive is [{ Now: var now }, ..])
            time.Follow(now);

        var known = _others;
        var appeared = alive.Where(n => n.Id != Id && !known.ContainsKey(n.Id))
            .Select(n => new Node(n.Id, n.Url, n.Features)).ToList();
        var gone = _heard < _keepUntil ? [] : known.Values.ExceptBy(alive.Select(n => n.Id), n => n.Id).ToList();
        foreach (var node in alive)
            known.GetValueOrDefault(node.Id)?.Certify(node.Url);
        _others = known.RemoveRange(gone.Select(n => n.Id)).AddRange(appeared.Select(n => KeyValuePair.Create(n.Id, n)));
        features.Learn(_others.Values.Select(n => n.Features));
        foreach (var node in gone)
        {
            logger.NodeDisappeared(node.Id, node.Url);
            node.Leave();
            Disappeared?.Invoke(node);
        }
        foreach (var node in appeared)
        {
            logger.NodeAppeared(node.Id, node.Url);
            Appeared?.Invoke(node);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chat.Bench.Processes;

namespace Chat.Bench.Proxy;

/// <summary>Where a connection through a proxy goes, and what becomes of it.</summary>
public sealed record Route(EndPoint Server, Fault Fault)
{
    /// <summary>Where an address leads; a local one by IPv4.</summary>
    public static EndPoint EndPointOf(Uri server) => server.IsLoopback
        ? new IPEndPoint(IPAddress.Loopback, server.Port)
        : new DnsEndPoint(server.DnsSafeHost, server.Port, AddressFamily.InterNetwork);
}

/// <summary>
/// A TCP proxy on a loopback port between clients and the server, which does to their bytes what bad networks and bad proxies do.
/// What it does may be changed at any time; the change counts for connections that come later, and <see cref="CutAll"/> ends the others.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<Random, Route> _route;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly Task _accepting;
    private Func<Random, Fault> _fault = static _ => new Fault();

    /// <summary>Starts it; until told otherwise, everything passes.</summary>
    /// <param name="server">Where connections go.</param>
    /// <param name="seed">The seed of every random choice.</param>
    public FaultProxy(Uri server, int seed = 0)
        : this(seed)
    {
        var to = Route.EndPointOf(server);
        _route = random => new Route(to, Volatile.Read(ref _fault)(random));
        _accepting = AcceptAsync();
    }

    /// <summary>Starts one whose connections go wherever they are told, each anew.</summary>
    /// <param name="route">Asked for each connection, in the order of their arrival.</param>
    /// <param name="seed">The seed of every random choice.</param>
    public FaultProxy(Func<Random, Route> route, int seed = 0)
        : this(seed)
    {
        _route = route;
        _accepting = AcceptAsync();
    }

    private FaultProxy(int seed)
    {
        _random = new Random(seed);
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, FreePort.Find()));
        _listener.Listen(512);
        Uri = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        (_route, _accepting) = (static _ => throw new InvalidOperationException(), Task.CompletedTask);
    }

    /// <summary>What clients connect to instead of the server.</summary>
    public Uri Uri { get; }

    /// <summary>What happened so far.</summary>
    public ProxyCounts Counts { get; } = new();

    /// <summary>Connections open now.</summary>
    public int Open => _connections.Count;

    /// <summary>What becomes of connections from now on; each gets a fault of its own.</summary>
    public void Do(Func<Random, Fault> fault) => Volatile.Write(ref _fault, fault);

    /// <summary>Everything passes from now on.</summary>
    public void Pass() => Do(static _ => new Fault());

    /// <summary>Resets every open connection, both ends. Returns how many.</summary>
    public int CutAll() => Cut(static _ => true);

    /// <summary>Resets the open connections that have such a fault. Returns how many.</summary>
    public int Cut(Func<Fault, bool> which)
    {
        var open = _connections.Keys.Where(c => which(c.Fault)).ToList();
        foreach (var connection in open)
            connection.Cut();
        return open.Count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        CutAll();
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }

            // One generator for each connection, drawn in the order of their arrival.
            var route = _route(new Random(_random.Next()));
            var connection = new ProxiedConnection(client, route.Fault, Counts);
            Counts.Accepted();
            var running = new TaskCompletionSource();
            _connections[connection] = running.Task;
            _ = RunAsync(connection, route.Server, running);
        }
    }

    private async Task RunAsync(ProxiedConnection connection, EndPoint server, TaskCompletionSource ended)
    {
        try
        {
            await connection.RunAsync(server, _stop.Token);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        }
    }
}

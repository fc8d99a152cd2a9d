using Chat.Bench.Processes;
using Chat.Bench.Proxy;

namespace Chat.Bench.Torture;

/// <summary>
/// A cluster of its own on loopback ports, with a proxy on every way between two parts, and a balancer in front that sends each new connection to the
/// next node, without affinity. Or somebody's cluster, with one proxy in front. Disposing stops everything.
/// </summary>
internal sealed class Lab : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<LabNode> _nodes = [];
    private int _next;

    private Lab()
    {
    }

    /// <summary>Where clients go.</summary>
    public Uri Front { get; private set; } = null!;

    /// <summary>The nodes; none of somebody else's cluster.</summary>
    public IReadOnlyList<LabNode> Nodes => _nodes;

    /// <summary>Of several nodes.</summary>
    public RedisProcess? Redis { get; private set; }

    /// <summary>Of several nodes.</summary>
    public PostgresProcess? Postgres { get; private set; }

    /// <summary>All ways.</summary>
    public IReadOnlyList<Way> Ways { get; private set; } = [];

    /// <summary>Where the nodes' logs are, until <see cref="Delete"/>; null of somebody else's cluster.</summary>
    public string? Folder { get; private init; }

    /// <summary>Starts everything, or a proxy in front of what is there.</summary>
    public static async Task<Lab> StartAsync(TortureRun run, CancellationToken ct)
    {
        if (run.Against is { } there)
            return InFrontOf(there, run.Seed);
        var lab = new Lab { Folder = Directory.CreateTempSubdirectory("chat-torture-").FullName };
        try
        {
            if (run.Nodes > 1)
                await lab.StartServicesAsync(run, ct);
            var balancer = new FaultProxy(_ => lab.NextNode(), run.Seed);
            lab._parts.Add(balancer);
            lab.Front = balancer.Uri;
            var database = lab.Postgres is null ? null : (await lab.Postgres.NewDatabaseAsync(ct)).Split(';').First(p => p.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];
            var clocks = ProcessClock.TryMake(lab.Folder, run.Nodes);
            for (var n = 1; n <= run.Nodes; n++)
                lab.AddNode(run, n, balancer, database, clocks?[n - 1]);
            lab.Ways = [.. lab._nodes.SelectMany(n => n.Ways)];
            // The first makes the tables.
            foreach (var node in lab._nodes)
                await node.BeginAsync(ct);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Deletes the logs; not while it runs.</summary>
    public void Delete()
    {
        if (Folder is not null)
            Directory.Delete(Folder, recursive: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
            await part.DisposeAsync();
        _parts.Clear();
    }

    private static Lab InFrontOf(Uri there, int seed)
    {
        // With https a proxy would need the certificate: then only the clients themselves are harmed.
        if (there.Scheme == Uri.UriSchemeHttps)
            return new Lab { Front = there };
        var (way, proxy) = Way.To("clients–cluster", there, seed);
        var lab = new Lab { Front = proxy.Uri, Ways = [way] };
        lab._parts.Add(proxy);
        return lab;
    }

    private async Task StartServicesAsync(TortureRun run, CancellationToken ct)
    {
        if (Tools.Find("redis-server") is null)
            throw new InvalidOperationException("redis-server is not installed.");
        Redis = await RedisProcess.RunAsync(ct);
        _parts.Add(Redis);
        Postgres = await PostgresProcess.RunAsync(ct, run.PostgresPrograms);
        _parts.Add(Postgres);
    }

    private void AddNode(TortureRun run, int number, FaultProxy balancer, string? database, ProcessClock? clock)
    {
        var name = $"node {number}";
        var folder = Directory.CreateDirectory(Path.Combine(Folder!, $"node-{number}")).FullName;
        var settings = new Dictionary<string, string>(NodeProcess.WithoutLimits)
        {
            ["ConnectionStrings:Chat"] = $"Data Source={Path.Combine(folder, "chat.db")}",
            ["Chat:Limits:PageSize"] = "1000",
            ["Chat:Accounts:AccessTokenLifetime"] = "1.00:00:00",
        };
        var process = new NodeProcess(folder, settings, run.Server) { StartedOften = true, Clock = clock };
        var clients = new Link($"clients–{name}");
        var ways = new List<Way> { new(clients, balancer) };
        // The node goes first when all is over: what it leans on is there until then.
        _parts.Insert(0, process);
        if (Redis is not null && Postgres is not null)
        {
            settings["ConnectionStrings:Redis"] = $"127.0.0.1:{Through($"{name}–Redis", Redis.Port)}";
            settings["ConnectionStrings:Chat"] = Postgres.ConnectionString(database!, Through($"{name}–PostgreSQL", Postgres.Port));
            settings["Chat:Node:Url"] = $"http://127.0.0.1:{Through($"others–{name}", process.Uri.Port)}";
        }
        _nodes.Add(new LabNode(name, process, clients) { Ways = ways });

        int Through(string what, int port)
        {
            var (way, proxy) = Way.To(what, new Uri($"http://127.0.0.1:{port}"), run.Seed);
            _parts.Add(proxy);
            ways.Add(way);
            return proxy.Uri.Port;
        }
    }

    /// <summary>As a balancer does that knows which nodes are ready: the next of them, or any if none is.</summary>
    private Route NextNode()
    {
        var ready = _nodes.Where(n => n.Up).ToList();
        var from = ready.Count > 0 ? ready : _nodes;
        var node = from[Interlocked.Increment(ref _next) % from.Count];
        return new Route(Route.EndPointOf(node.Process.Uri), node.Clients.Connection());
    }
}

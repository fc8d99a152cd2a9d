using Chat.Bench.Processes;
using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>
/// One of those that are compared: what it is made of, and how to talk to it. All of its processes are kept on the first core and what they use is what it
/// costs. It has one room; who receives is in it.
/// </summary>
internal abstract class Contestant : IAsyncDisposable
{
    private readonly List<ChildProcess> _parts = [];
    private readonly List<IDisposable> _folders = [];

    /// <summary>For the table, and for <c>--only</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it has done with a message when its sender may rely on that.</summary>
    public abstract string Durability { get; }

    /// <summary>Whether it runs on several nodes.</summary>
    public virtual bool Clusters => false;

    /// <summary>How messages may come to who receives.</summary>
    public virtual IReadOnlyList<TransportKind> Transports => [TransportKind.WebSockets];

    /// <summary>What a client sends now and then, so that it is not taken for dead; null if nothing is needed.</summary>
    public virtual string? KeepAlive => null;

    /// <summary>What all of its processes have used.</summary>
    public TimeSpan ProcessorTime => _parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.ProcessorTime);

    /// <summary>Bytes that all of its processes occupy.</summary>
    public long MemoryBytes => _parts.Sum(p => p.MemoryBytes);

    /// <summary>Bytes that the system takes in for connections that are made from now on; 0: as it likes.</summary>
    public int ReceiveBuffer { get; set; }

    /// <summary>Where its nodes listen.</summary>
    protected List<Uri> Nodes { get; } = [];

    /// <summary>For requests that are not listened on.</summary>
    protected HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 8 });

    /// <summary>What it lacks on this machine, and what to install; null if nothing.</summary>
    public virtual string? Missing() => null;

    /// <summary>Starts it.</summary>
    /// <param name="nodes">On so many nodes.</param>
    /// <param name="folder">Where it may write; on a real disk.</param>
    /// <param name="ct">Gives up.</param>
    public abstract Task StartAsync(int nodes, string folder, CancellationToken ct);

    /// <summary>Makes those known who will come, where that is needed. Nobody is connected yet.</summary>
    public virtual Task InviteAsync(int receivers, int senders, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Connects one who will get every message from now on, over one of its <see cref="Transports"/>.</summary>
    public abstract Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct);

    /// <summary>Connects one who sends; what comes back on that connection does not matter.</summary>
    public abstract Task<WebSocketLine> SenderAsync(int number, CancellationToken ct);

    /// <summary>The frame with which a sender sends a text.</summary>
    public abstract byte[] Message(string body);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        _folders.ForEach(f => f.Dispose());
        Http.Dispose();
    }

    /// <summary>The node for the one with this number.</summary>
    protected Uri Node(int number) => Nodes[number % Nodes.Count];

    /// <summary>Upgrades a connection to the node for the one with this number.</summary>
    protected WebSocketLine Connect(int number, string path) => WebSocketLine.Connect(Node(number), path, ReceiveBuffer);

    /// <summary>From now on it counts and is stopped with the rest.</summary>
    protected void Add(ChildProcess part) => _parts.Add(part);

    /// <summary>Starts a program that listens on the port that it is told.</summary>
    protected async Task<int> StartAsync(string name, Func<int, TemporaryFolder, IReadOnlyList<string>> command, CancellationToken ct)
    {
        var folder = new TemporaryFolder();
        _folders.Add(folder);
        var port = FreePort.Find();
        var program = new PeerProcess(name, folder, port, [.. Cores.ServerPrefix, .. command(port, folder)]);
        Add(program);
        await program.StartAsync(ct);
        Nodes.Add(new Uri($"http://127.0.0.1:{port}"));
        return port;
    }

    /// <summary>A Redis for it, at this address.</summary>
    protected async Task<string> StartRedisAsync(CancellationToken ct)
    {
        var redis = await RedisProcess.RunAsync(ct);
        Add(redis);
        Cores.PinServer(redis.Id);
        return redis.Address;
    }

    /// <summary>A file of the contestants' folder.</summary>
    protected static string File(string name) => Path.Combine(AppContext.BaseDirectory, "peers", name);
}

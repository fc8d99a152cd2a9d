using System.Globalization;
using System.Text;
using Chat.Bench.Processes;
using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>Nchan, a module of nginx: publishing and subscribing over WebSockets, with its messages in memory or in Redis.</summary>
internal sealed class NchanContestant(bool redis) : Contestant
{
    private const string Modules = "/usr/lib/nginx/modules";

    private static readonly TimeSpan s_redisLimit = TimeSpan.FromSeconds(30);

    private static readonly string? s_nginx = Tools.Find("nginx") ?? new[] { "/usr/sbin/nginx" }.FirstOrDefault(System.IO.File.Exists);

    public override string Name => redis ? "nchan-redis" : "nchan";

    public override string Durability => redis ? "in Redis's memory" : "in memory";

    public override bool Clusters => redis;

    public override IReadOnlyList<TransportKind> Transports { get; } = Enum.GetValues<TransportKind>();

    public override string? Missing() =>
        s_nginx is null || !System.IO.File.Exists($"{Modules}/ngx_nchan_module.so") ? "nginx-light libnginx-mod-nchan"
        : redis && Tools.Find("redis-server") is null ? "redis-server" : null;

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        var (server, storage) = redis
            ? ($"upstream store {{ nchan_redis_server redis://{await StartRedisAsync(ct)}; }}", "nchan_redis_pass store;")
            : ("", "");
        for (var n = 0; n < nodes; n++)
        {
            await StartAsync(Name, (port, own) =>
            {
                System.IO.File.WriteAllText(own.File("nginx.conf"), System.IO.File.ReadAllText(File("nchan/nginx.conf"))
                    .Replace("{modules}", Modules, StringComparison.Ordinal)
                    .Replace("{folder}", own.Path, StringComparison.Ordinal)
                    .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                    .Replace("{redis}", server, StringComparison.Ordinal)
                    .Replace("{storage}", storage, StringComparison.Ordinal));
                Readable(own);
                return [s_nginx!, "-p", own.Path, "-c", own.File("nginx.conf"), "-e", "stderr"];
            }, ct);
            await Eventually.TrueAsync(Serves(Nodes[n]), s_redisLimit, ct, "Nchan has found its Redis");
        }
        // Who polls is told by it where they are.
        await HttpLine.PostAsync(Http, new Uri(Nodes[0], "/pub"), "the first message", ct);
    }

    public override Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct) => Task.FromResult<Line>(transport switch
    {
        TransportKind.ServerSentEvents => HttpLine.Stream(Http, new Uri(Node(number), "/sub"), ReceiveBuffer),
        TransportKind.LongPolling => HttpLine.Poll(Http, new Uri(Node(number), "/poll"), ReceiveBuffer, After),
        _ => Connect(number, "/sub"),
    });

    public override Task<WebSocketLine> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(number, "/pub"));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes($$"""{"user":"J","message":"{{body}}"}"""));

    /// <summary>The message after the one that has come.</summary>
    private static string After(ResponseReader responses) =>
        $"If-Modified-Since: {Encoding.ASCII.GetString(responses.Field("Last-Modified"u8))}\r\nIf-None-Match: {Encoding.ASCII.GetString(responses.Field("Etag"u8))}\r\n";

    private static Func<bool> Serves(Uri node) => () =>
    {
        try
        {
            WebSocketLine.Connect(node, "/sub").Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    };

    /// <summary>Started as root, its workers are somebody else.</summary>
    private static void Readable(TemporaryFolder folder)
    {
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }
}

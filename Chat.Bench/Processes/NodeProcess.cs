using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chat.Server.Hosting;

namespace Chat.Bench.Processes;

/// <summary>
/// The built server as a child process on a loopback port of its own, so that it can be killed, at any moment, as a machine would
/// kill it. Port, data and settings stay the same when it is started again.
/// </summary>
/// <param name="folder">Where it runs; its log is there, too.</param>
/// <param name="settings">Its configuration: keys with <c>:</c>.</param>
/// <param name="program">The path of <c>Chat.Server.dll</c>; the one beside this program if null.</param>
/// <param name="prefix">A program, with its arguments, that starts it in its own place.</param>
/// <param name="ended">Told the last lines of its log when it is disposed.</param>
/// <param name="name">What its log's file is called.</param>
public class NodeProcess(
    string folder,
    IReadOnlyDictionary<string, string> settings,
    string? program = null,
    IReadOnlyList<string>? prefix = null,
    Action<IReadOnlyCollection<string>>? ended = null,
    string name = "server")
    : ChildProcess(new ProcessLog(Path.Combine(folder, $"{name}.log"), ended))
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private const string Ready = "ready";

    /// <summary>The master key of all nodes in tests and benchmarks. It protects nothing.</summary>
    public const string MasterKey = "YSBtYXN0ZXIga2V5IG9mIG5vYm9keSwgZm9yIHRlc3Q=";

    /// <summary>
    /// Limits so high that nobody meets them unintentionally, the master key, and consent switched off. Tests of limits
    /// and of consent set their own.
    /// </summary>
    public static IReadOnlyDictionary<string, string> WithoutLimits { get; } = new Dictionary<string, string>
    {
        ["Chat:Limits:SendRate"] = "1000000",
        ["Chat:Limits:SendBurst"] = "1000000",
        ["Chat:Limits:CallRate"] = "1000000",
        ["Chat:Limits:CallBurst"] = "1000000",
        ["Chat:Limits:MarkRate"] = "1000000",
        ["Chat:Limits:MarkBurst"] = "1000000",
        ["Chat:Limits:RoomChangesPerMinute"] = "1000000",
        ["Chat:Limits:ReadRate"] = "1000000",
        ["Chat:Limits:ReadBurst"] = "1000000",
        ["Chat:Limits:ReadsAtOnce"] = "1000",
        ["Chat:Limits:AccountsPerMinute"] = "1000000",
        ["Chat:Keys:Master"] = MasterKey,
        ["Chat:Limits:RefusalRate"] = "1000000",
        ["Chat:Limits:RefusalBurst"] = "1000000",
        ["Chat:Limits:RefusalDelay"] = "00:00:00",
        ["Chat:Limits:ConnectsPerMinute"] = "1000000",
        ["Chat:Limits:Connections"] = "1000000",
        ["Chat:Limits:Streams"] = "1000000",
        ["Chat:Limits:UnreadBytes"] = "1073741824",
        ["Chat:Limits:Rooms"] = "1000000",
        ["Chat:Limits:RoomsPerHour"] = "1000000",
        ["Chat:Limits:DirectsPerHour"] = "1000000",
        ["Chat:Limits:InvitationsPerHour"] = "1000000",
        ["Chat:Limits:InvitationsOfOnePerHour"] = "1000000",
        ["Chat:Limits:NamesPerHour"] = "1000000",
        ["Chat:Rooms:Consent"] = "false",
    };

    /// <summary>Where it listens, in all its lives.</summary>
    public Uri Uri { get; } = new($"http://127.0.0.1:{FreePort.Find()}");

    /// <summary>Starts with a fifth less work, for who starts it often, and runs the slower for it.</summary>
    public bool StartedOften { get; init; }

    /// <summary>The time of day as it sees it; null for the machine's.</summary>
    public ProcessClock? Clock { get; init; }

    /// <summary>Starts one with a SQLite database in its folder and without limits.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">More of its configuration.</param>
    /// <param name="prefix">A program, with its arguments, that starts it in its own place.</param>
    /// <param name="ct">Gives up waiting.</param>
    public static async Task<NodeProcess> RunAloneAsync(
        string folder, IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> prefix, CancellationToken ct)
    {
        var all = new Dictionary<string, string>(WithoutLimits) { ["ConnectionStrings:Chat"] = $"Data Source={Path.Combine(folder, "chat.db")}" };
        foreach (var (key, value) in settings)
            all[key] = value;
        var node = new NodeProcess(folder, all, prefix: prefix);
        try
        {
            await node.StartAsync(ct);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, again too, and returns when it is ready to store and relay.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="crashAt">Where it kills itself in this life, such as <c>after-commit:3</c>.</param>
    public async Task StartAsync(CancellationToken ct, string? crashAt = null)
    {
        await LaunchAsync(crashAt);
        // Whether it is ready the server finds out by storing something, which would be the first to come to the crash point.
        var path = crashAt is null ? "/health/ready" : "/health/live";
        var last = "nothing";
        await Eventually.TrueAsync(async () => (last = await AskAsync(path)) == Ready, StartLimit,
            () => $"the server is ready; its last answer: {last}", ct);
    }

    /// <summary>Starts it, again too, and does not wait: what it needs may not be there.</summary>
    public async Task LaunchAsync(string? crashAt = null)
    {
        string[] command =
        [
            .. prefix ?? [], Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", program ?? typeof(ChatDatabase).Assembly.Location,
            "--urls", Uri.ToString(),
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder };
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["CHAT_CRASH_AT"] = crashAt;
        if (StartedOften)
            (start.Environment["DOTNET_TieredPGO"], start.Environment["DOTNET_EnableWriteXorExecute"]) = ("0", "0");
        foreach (var (key, value) in Clock?.Environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        await BeginAsync(start);
    }

    /// <summary><see cref="Ready"/>, or what it is not ready for.</summary>
    private async ValueTask<string> AskAsync(string path)
    {
        ThrowIfEnded();
        try
        {
            using var answer = await s_http.GetAsync(new Uri(Uri, path));
            return answer.StatusCode == HttpStatusCode.OK ? Ready : await answer.Content.ReadAsStringAsync();
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return e.Message;
        }
    }
}

using System.Net;
using System.Text.Json;
using Chat.Server.Cluster;
using Chat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Cluster;

/// <summary>Nodes of one cluster in the test's process: one database, no Redis, which the registry and forwarding do not need.</summary>
internal sealed class Nodes(string database) : IAsyncDisposable
{
    private readonly List<ChatServer> _servers = [];

    /// <summary>The connection string of the database that they share.</summary>
    public string Database { get; } = database;

    public IReadOnlyList<ChatServer> All => _servers;

    public ChatServer this[int index] => _servers[index];

    /// <summary>Starts some, and returns when each knows all the others.</summary>
    public static async Task<Nodes> StartAsync(SharedPostgres postgres, int count, CancellationToken ct)
    {
        var nodes = new Nodes(await postgres.NewDatabaseAsync(ct));
        for (var i = 0; i < count; i++)
            nodes.Add();
        await nodes.KnowEachOtherAsync(ct);
        return nodes;
    }

    /// <summary>The settings of a node on this database. Nothing listens at that Redis.</summary>
    public static Dictionary<string, string> Settings(string database) => new()
    {
        ["ConnectionStrings:Chat"] = database,
        ["AllowedHosts"] = "*", // clients come by the names of balancers
        ["Chat:Lab:Enabled"] = "true", // which is off then
        ["ConnectionStrings:Redis"] = "127.0.0.1:1,abortConnect=false,connectTimeout=500",
    };

    public ChatServer Add(Dictionary<string, string>? settings = null, Action<IServiceCollection>? services = null)
    {
        var all = Settings(Database);
        foreach (var (key, value) in settings ?? [])
            all[key] = value;
        var server = new ChatServer(all, services: services);
        _servers.Add(server);
        return server;
    }

    public Task KnowEachOtherAsync(CancellationToken ct) => Eventually.TrueAsync(
        () => _servers.All(s => Registry(s).TakesConnections && Registry(s).Others.Count() == _servers.Count - 1), TimeSpan.FromSeconds(30), ct, "all know each other");

    /// <summary>The node to which a negotiation redirects a client whose proxy names its scheme and host.</summary>
    public static async Task<string> NegotiatedAsync(Uri server, CancellationToken ct, string query = "")
    {
        var (_, body) = await NegotiateAsync(server, ct, query);
        return body.GetProperty("url").GetString()!.Split("node=")[1];
    }

    /// <summary>The answer to such a client's negotiation.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> NegotiateAsync(Uri server,
        CancellationToken ct, string query = "")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri(server, $"/hubs/chat/negotiate?negotiateVersion=1{query}"));
        request.Headers.Add("X-Forwarded-Proto", "http");
        using var answer = await http.SendAsync(request, ct);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync(ct)));
    }

    public static NodeRegistry Registry(ChatServer server) => server.Services.GetRequiredService<NodeRegistry>();

    public static string Id(ChatServer server) => Registry(server).Id;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }
}

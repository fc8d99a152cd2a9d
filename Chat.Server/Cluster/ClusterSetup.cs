using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Server.Relay;
using Chat.Server.Relay.Redis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Chat.Server.Cluster;

/// <summary>Makes the server a node of a cluster, where <c>ConnectionStrings:Redis</c> is set. Without it there is nothing of all this.</summary>
public static class ClusterSetup
{
    private const string UrlKey = $"{NodeOptions.Section}:{nameof(NodeOptions.Url)}";

    /// <summary>The registry, forwarding, and a clock that is the same on all nodes.</summary>
    /// <exception cref="StartException">The database is not one that nodes can share, or a node with TLS is said to be reached without.</exception>
    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NodeOptions>().BindConfiguration(NodeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NodeOptions>, NodeOptionsRules>();
        services.AddSingleton(new ClusterFeatures(alone: !IsCluster(builder.Configuration)));
        if (!IsCluster(builder.Configuration))
            return;
        if (ChatDatabase.From(builder.Configuration) is not PostgresDatabase)
            throw new StartException($"{RedisConnection.Key} makes this a node of a cluster, whose nodes share a PostgreSQL database: {ChatDatabase.Key} must name one (Host=…).");
        if (TlsOptions.From(builder.Configuration).IsOn && builder.Configuration[UrlKey]?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true)
            throw new StartException($"{UrlKey} must begin with https: as the server has TLS, that is what the other nodes find there.");
        services.AddPooledDbContextFactory<NodesDb>((provider, options) => provider.GetRequiredService<ChatDatabase>().Use(options, NodesDb.MigrationsTable));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClusterClock>(provider, TimeProvider.System));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ClusterClock>());
        services.AddSingleton<NodeTable>();
        services.AddSingleton<NodeRegistry>();
        services.AddSingleton<NodePasses>();
        services.AddSingleton<NodeHttp>();
        services.AddSingleton<NodeHeartbeat>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeHeartbeat>());
        services.AddHttpForwarder();
        services.AddHealthChecks().AddCheck<NodeHealth>("node", tags: ["ready"]);
    }

    /// <summary>Creates or updates the registry's table, and asks for the time; before the server listens.</summary>
    public static async Task MigrateClusterAsync(this WebApplication app)
    {
        if (!IsCluster(app.Configuration))
            return;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<NodesDb>>().CreateDbContextAsync();
        await app.Services.GetRequiredService<ChatDatabase>().MigrateAsync(db, app.Logger);
        try
        {
            app.Services.GetRequiredService<ClusterClock>().Follow(await app.Services.GetRequiredService<NodeTable>().NowAsync(CancellationToken.None));
        }
        catch (Exception e) when (NodeRegistry.IsOfTheDatabase(e))
        {
            // It has just gone away: the heartbeat will ask.
        }
    }

    /// <summary>After <c>UseProblems</c>, and before authentication, which is for the node that holds the connection.</summary>
    public static void UseCluster(this WebApplication app)
    {
        if (!IsCluster(app.Configuration))
            return;
        app.Services.TellRelay();
        app.UseMiddleware<HubForwarding>();
    }

    /// <summary>Who is alive and not heard may commit without a word: the relay is told whom it has to hear.</summary>
    private static void TellRelay(this IServiceProvider services)
    {
        var (nodes, relay) = (services.GetRequiredService<NodeRegistry>(), services.GetRequiredService<RegisteredNodes>());
        var features = services.GetRequiredService<ClusterFeatures>();
        nodes.Appeared += _ => Tell();
        nodes.Disappeared += _ => Tell();
        features.Changed += Tell;

        // The ids first: a node that has left is known to have left before its messages are refused.
        void Tell() => (relay.Ids, relay.AllSign) =
            ([.. nodes.Others.Select(n => n.Id)], features.Has(ClusterFeatures.SignedHints));
    }

    /// <summary>Where a node says which one it is. Its id is no secret: every client of it has it in its address.</summary>
    public static void MapCluster(this WebApplication app)
    {
        if (IsCluster(app.Configuration))
            app.MapGet(NodeHttp.WhoAmI, (NodeRegistry registry) => TypedResults.Ok(new NodeHttp.Answer(registry.Id))).ExcludeFromDescription().ShortCircuit();
    }

    private static bool IsCluster(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[RedisConnection.Key]);
}

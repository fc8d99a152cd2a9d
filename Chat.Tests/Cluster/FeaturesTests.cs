using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Chat.Tests.Cluster;

/// <summary>A server's description of itself, alone and beside older nodes.</summary>
[TimeLimit(120)]
public sealed class FeaturesTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_alone_lists_all_of_its_features_to_somebody_who_has_not_signed_in()
    {
        await using var server = new ChatServer(
            new Dictionary<string, string> { ["Chat:Server:Name"] = "Harbour", ["Chat:Server:Accent"] = "#2563eb" });

        var info = await InfoAsync(server);

        Assert.Equal(("Harbour", "#2563eb", "open", true), (info.Name, info.Accent, info.Registration, info.Guests));
        Assert.Equal(Features.All, info.Features);
        Assert.Equal((Limits.BodyBytes, Limits.BatchMessages, Limits.PageSize),
            (info.Limits.BodyBytes, info.Limits.BatchMessages, info.Limits.PageSize));
        Assert.NotEmpty(info.Version);
        Assert.Empty(info.Providers);
    }

    [Fact]
    public async Task A_feature_counts_only_while_every_registered_node_has_it()
    {
        await using var nodes = await Nodes.StartAsync(postgres, 2, Ct);
        var changes = 0;
        nodes[0].Services.GetRequiredService<ClusterFeatures>().Changed += () => Interlocked.Increment(ref changes);
        Assert.Equal(Features.All, (await InfoAsync(nodes[0])).Features);

        // An older node names no features. Its row is from the future, so that it needs no heartbeat.
        await ExecuteAsync(nodes.Database,
            """INSERT INTO "Nodes" ("Id", "Url", "Version", "Seen") VALUES ('older', 'http://127.0.0.1:1', '1.0', now() + interval '1 hour')""");
        foreach (var node in nodes.All)
            await Eventually.TrueAsync(async () => (await InfoAsync(node)).Features is [], Patience, Ct,
                "nothing that the older node does not have");
        Assert.False(nodes[0].Services.GetRequiredService<ClusterFeatures>().Has(ClusterFeatures.SignedHints));

        await ExecuteAsync(nodes.Database, """DELETE FROM "Nodes" WHERE "Id" = 'older'""");
        foreach (var node in nodes.All)
            await Eventually.TrueAsync(async () => (await InfoAsync(node)).Features.Count == Features.All.Count,
                Patience, Ct, "all of them again");
        await Eventually.TrueAsync(() => Volatile.Read(ref changes) == 2, Patience, Ct, "both changes were told");
    }

    private static async Task<ServerInfo> InfoAsync(ChatServer server)
    {
        using var api = new Api(server.Uri, null);
        return (await api.GetAsync(ServerInfo.Path)).As<ServerInfo>();
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}

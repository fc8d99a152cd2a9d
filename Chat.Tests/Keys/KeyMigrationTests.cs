using Chat.Bench.Processes;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Chat.Tests.Cluster;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Chat.Tests.Keys;

/// <summary>The step from plain keys to encrypted ones while people are signed in.</summary>
[TimeLimit(180)]
public sealed class KeyMigrationTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> AtOnce = new() { ["Chat:Keys:EncryptAfter"] = "00:00:00" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_with_a_file_makes_its_master_key_beside_it_encrypts_what_was_there_and_nobody_is_signed_out()
    {
        using var folder = new TemporaryFolder();
        var connection = $"Data Source={folder.File("data/chat.db")}";
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Chat"] = connection, ["Chat:Keys:Master"] = "",
        };
        var file = folder.File("data/keys/master.key");
        Person ann;
        await using (var server = new ChatServer(settings))
            ann = await Person.SignUpAsync(server.Uri, Ct);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(PrivateFiles.OwnersFile, File.GetUnixFileMode(file));
            Assert.Equal(PrivateFiles.OwnersFolder, File.GetUnixFileMode(folder.File("data/keys")));
        }
        var store = new KeyStore(connection);
        Assert.False(KeyXml.IsPlain(Assert.Single(await store.ReadAsync())));
        await store.MakeOlderAsync(await File.ReadAllTextAsync(file, Ct));
        File.Delete(file);

        await using var newer = new ChatServer(settings);

        Assert.False(KeyXml.IsPlain(Assert.Single(await store.ReadAsync())));
        await AcceptsAsync(newer, ann);
    }

    [Fact]
    public async Task Nodes_leave_the_keys_as_they_are_while_an_older_one_is_registered_and_encrypt_them_when_it_is_gone()
    {
        var store = await KeyStore.MakeAsync(await postgres.NewDatabaseAsync(Ct));
        await using var nodes = new Nodes(store.Database.ConnectionString);
        var first = nodes.Add();
        var ann = await Person.SignUpAsync(first.Uri, Ct);
        await ExecuteAsync(store,
            """INSERT INTO "Nodes" ("Id", "Url", "Version", "Seen") VALUES ('older', 'http://127.0.0.1:1', '1.0', now() + interval '1 hour')""");
        var features = first.Services.GetRequiredService<ClusterFeatures>();
        await Eventually.TrueAsync(() => features.IsRead && !features.Has(ClusterFeatures.EncryptedKeys), Patience, Ct);
        await first.Services.GetRequiredService<KeyMigration>().LookAsync(Ct);
        var secret = Assert.Single(await store.MakeOlderAsync(NodeProcess.MasterKey));

        var (here, there) = (nodes.Add(AtOnce), nodes.Add(AtOnce));
        foreach (var node in nodes.All)
        {
            await node.Services.GetRequiredService<KeyMigration>().LookAsync(Ct);
            await AcceptsAsync(node, ann);
        }
        Assert.Equal(secret, Assert.Single((await store.ReadAsync()).SelectMany(k => k.Descendants("value"))).Value);

        await ExecuteAsync(store, """DELETE FROM "Nodes" WHERE "Id" = 'older'""");
        await Eventually.TrueAsync(async () => (await store.ReadAsync()).All(k => !KeyXml.IsPlain(k)), Patience, Ct,
            "the keys are encrypted");

        var late = nodes.Add(AtOnce);
        foreach (var node in nodes.All)
            await AcceptsAsync(node, ann);
        AssertPasses(here, there);
        AssertPasses(first, late);
        AssertPasses(late, here);
    }

    [Fact]
    public async Task A_new_cluster_has_no_key_in_the_open_at_any_time()
    {
        await using var nodes = await Nodes.StartAsync(postgres, 1, Ct);
        await Person.SignUpAsync(nodes[0].Uri, Ct);

        Assert.False(KeyXml.IsPlain(Assert.Single(await new KeyStore(nodes.Database).ReadAsync())));
    }

    private static async Task AcceptsAsync(ChatServer server, Person person)
    {
        using var api = new Api(server.Uri, person with { Server = server.Uri });
        Assert.Equal(System.Net.HttpStatusCode.OK, (await api.GetAsync("/api/rooms")).Status);
    }

    private static void AssertPasses(ChatServer from, ChatServer to)
    {
        var context = new DefaultHttpContext { Request = { Scheme = "https" } };
        context.Request.Headers[NodePasses.Header] = from.Services.GetRequiredService<NodePasses>()
            .Write(new Node(Nodes.Id(to), "http://127.0.0.1:1"), context);
        Assert.Equal(Nodes.Id(to), to.Services.GetRequiredService<NodePasses>().Take(context.Request)?.Node);
    }

    private static async Task ExecuteAsync(KeyStore store, string sql)
    {
        await using var connection = new NpgsqlConnection(store.Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}

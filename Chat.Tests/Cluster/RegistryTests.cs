using System.Net;
using Chat.Bench.Proxy;
using Chat.Server.Cluster;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Cluster;

/// <summary>Who is on the list, and who is not, whatever is wrong with an address, a clock or the database.</summary>
[TimeLimit(120)]
public sealed class RegistryTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_under_an_address_that_is_not_its_own_takes_no_part_and_says_why()
    {
        await using var nodes = await Nodes.StartAsync(postgres, 1, Ct);
        var twin = nodes.Add(new() { ["Chat:Node:Url"] = $"{nodes[0].Uri}" });
        var lost = nodes.Add(new() { ["Chat:Node:Url"] = "http://127.0.0.1:1" });

        await DegradedAsync(twin, $"another node answers at {nodes[0].Uri}");
        await DegradedAsync(lost, "it does not reach itself at http://127.0.0.1:1/");

        Assert.Empty(Nodes.Registry(nodes[0]).Others);
        await Eventually.TrueAsync(() => Nodes.Registry(twin).Others.Any(), Patience, Ct);
        Assert.Equal(Nodes.Id(nodes[0]), await Nodes.NegotiatedAsync(twin.Uri, Ct));
    }

    [Fact]
    public async Task Who_comes_before_a_node_has_found_itself_waits_and_begins_on_it()
    {
        EndPoint to = new IPEndPoint(IPAddress.Loopback, 1);
        await using var way = new FaultProxy(_ => new Route(Volatile.Read(ref to), new Fault()));
        await using var nodes = new Nodes(await postgres.NewDatabaseAsync(Ct));
        var requests = new HubRequests();
        var node = nodes.Add(new() { ["Chat:Node:Url"] = $"{way.Uri}" },
            services => services.AddSingleton<IStartupFilter>(requests));

        var asked = Nodes.NegotiatedAsync(node.Uri, Ct);
        await DegradedAsync(node, "it does not reach itself");
        Assert.False(asked.IsCompleted);
        Volatile.Write(ref to, Route.EndPointOf(node.Uri));

        Assert.Equal(Nodes.Id(node), await asked);
        Assert.Single(requests.Begun);
    }

    [Fact]
    public async Task Where_no_node_takes_connections_a_client_is_told_so_and_not_sent_in_a_circle()
    {
        await using var nodes = new Nodes(await postgres.NewDatabaseAsync(Ct));
        var lost = nodes.Add(new() { ["Chat:Node:Url"] = "http://127.0.0.1:1" });

        var (status, body) = await Nodes.NegotiateAsync(lost.Uri, Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"),
            (status, body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_clock_that_is_hours_off_has_no_effect()
    {
        await using var nodes = await Nodes.StartAsync(postgres, 1, Ct);
        foreach (var hours in (int[])[-2, 2])
            nodes.Add(services: services => services.AddSingleton(new ClusterClock(new Off(TimeSpan.FromHours(hours)), NullLogger<ClusterClock>.Instance)));
        await nodes.KnowEachOtherAsync(Ct);

        foreach (var issuer in nodes.All)
        {
            var person = await Person.SignUpAsync(issuer.Uri, Ct);
            foreach (var reader in nodes.All)
            {
                using var api = new Api(reader.Uri, person with { Server = reader.Uri });
                Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/api/account")).Status);
            }
        }
    }

    [Fact]
    public async Task The_list_outlives_the_database_and_a_node_that_is_back_is_not_taken_for_gone()
    {
        await using var database = await PostgresProcess.RunAsync(Ct);
        await using var nodes = new Nodes(await database.NewDatabaseAsync(Ct));
        nodes.Add();
        nodes.Add();
        await nodes.KnowEachOtherAsync(Ct);
        var gone = 0;
        foreach (var node in nodes.All)
            Nodes.Registry(node).Disappeared += _ => Interlocked.Increment(ref gone);

        await database.KillAsync();
        using (var silence = new PeriodicTimer(NodeTable.Silence))
            await silence.WaitForNextTickAsync(Ct); // so long that by its row no node would be alive
        await database.StartAsync(Ct);
        await Eventually.TrueAsync(() => nodes.All.All(n => n.Log.Lines.Any(l => l.Id.Id == 505)), Patience, Ct, "both read the list again");

        Assert.Equal(0, gone);
        Assert.All(nodes.All, n => Assert.Single(Nodes.Registry(n).Others));
        await nodes[1].DisposeAsync();
        await Eventually.TrueAsync(() => gone == 1, Patience, Ct, "who stops is gone");
    }

    private static async Task DegradedAsync(ChatServer server, string reason)
    {
        using var api = new Api(server.Uri, null);
        await Eventually.TrueAsync(async () =>
        {
            var text = (await api.GetAsync("/health/ready")).Text;
            return text.Contains("\"Degraded\"", StringComparison.Ordinal)
                && text.Contains(reason, StringComparison.Ordinal);
        }, Patience, Ct, $"it is degraded because {reason}");
    }

    private sealed class Off(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}

using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Chat.Tests.Transports.Feeds;
using Microsoft.AspNetCore.Http.Connections;

namespace Chat.Tests.Cluster;

/// <summary>Behind a balancer that sends each request to the next node, no call of any client over any transport fails.</summary>
[TimeLimit(120)]
public sealed class BalancerTests(SharedPostgres postgres)
{
    private const int Connections = 4;
    private static readonly int s_messages = LongForm.Of(40, instead: 100);
    private static readonly HttpTransportType[] Transports = [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task No_call_fails_behind_round_robin(string name)
    {
        await using var nodes = await Nodes.StartAsync(postgres, 3, Ct);
        await using var balancer = await Balancer.StartAsync(name, nodes.All.Select(n => n.Uri), Ct);
        var ann = await Person.SignUpAsync(balancer.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);

        // Each poll goes to another node, and what is said, to any: for those without SignalR a number is all it takes, too.
        FeedClient[] feeds = [new CurlPolls(wait: 5), new CurlStream(), new NodeModule("ws")];
        foreach (var feed in feeds)
            await feed.StartAsync(ann, balancer.Uri, room.Id, after: 0);

        var clock = Stopwatch.StartNew();
        var script = RunScriptAsync(balancer.Uri, ann, room);
        await Task.WhenAll(Transports.SelectMany(t => Enumerable.Range(0, Connections).Select(_ => TalkAsync(ann, room, t))));
        await script;

        Output.Write($"{Transports.Length * Connections * s_messages * 2} calls in {clock.Elapsed.TotalSeconds:0.0} s");
        var log = await ann.ReadLogAsync(room.Id, Ct);
        Assert.Equal(Transports.Length * Connections * s_messages * 2, log.Count(e => e.Type == EventTypes.Message));
        foreach (var feed in feeds)
        {
            await feed.HearsAsync(log.Select(e => e.Seq));
            await feed.DisposeAsync();
        }
        Assert.Equal(nodes.All.Select(Nodes.Id).Order(), (await NegotiatedAsync(balancer.Uri, nodes.All.Count)).Order());
    }

    private static async Task TalkAsync(Person person, Room room, HttpTransportType transport)
    {
        await using var client = await PlainClient.ConnectAsync(person, transport);
        for (var m = 0; m < s_messages; m++)
            await client.SayAsync(room.Id);
    }

    private static async Task RunScriptAsync(Uri server, Person person, Room room)
    {
        var start = new ProcessStartInfo(
            "node",
            [
                Repository.File("Chat.Tests/Cluster/hub.cjs"), $"{server}", person.Token, room.Id, $"{Connections}",
                $"{s_messages}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Repository.File("Chat.Web/node_modules");
        using var script = Process.Start(start)!;
        var (output, error) = (script.StandardOutput.ReadToEndAsync(Ct), script.StandardError.ReadToEndAsync(Ct));
        await script.WaitForExitAsync(Ct);
        Assert.True(script.ExitCode == 0, await error);
        var result = JsonDocument.Parse(await output).RootElement;
        Assert.Empty(result.GetProperty("failures").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(Transports.Length * Connections * s_messages, result.GetProperty("answered").GetInt32());
    }

    /// <summary>The nodes that as many negotiations in a row are sent to.</summary>
    private static async Task<IReadOnlyList<string>> NegotiatedAsync(Uri server, int count)
    {
        var nodes = new List<string>();
        for (var i = 0; i < count; i++)
            nodes.Add(await Nodes.NegotiatedAsync(server, Ct));
        return nodes;
    }
}

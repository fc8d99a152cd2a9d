using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;

namespace Chat.Tests.Cluster;

/// <summary>Processes whose time of day is not the database's.</summary>
[TimeLimit(120)]
public sealed class ClockTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_hours_apart_from_the_very_first_start_serve_the_same_people_and_a_clock_that_jumps_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var settings = Nodes.Settings(await postgres.NewDatabaseAsync(Ct));
        var clocks = ProcessClock.TryMake(folder.Path, 2);
        Assert.True(clocks is not null, "there is a C compiler");
        clocks[0].Set(TimeSpan.FromHours(2));
        clocks[1].Set(TimeSpan.FromHours(-2));
        // Both at once, on an empty database: each may make the keys.
        var nodes = await Task.WhenAll(clocks.Select(clock => ServerProcess.RunAsync(Ct, settings, clock: clock)));
        try
        {
            Assert.True(await AheadAsync(nodes[0]) > TimeSpan.FromHours(1), "the first node's clock is ahead");
            Assert.True(await AheadAsync(nodes[1]) < TimeSpan.FromHours(-1), "the other's is behind");
            var people = await Task.WhenAll(nodes.Select(n => Person.SignUpAsync(n.Uri, Ct)));
            var room = await people[0].CreateRoomAsync(Ct);
            foreach (var node in nodes)
            {
                foreach (var person in people)
                    Assert.Equal(HttpStatusCode.OK, await AskAsync(node, person));
            }

            clocks[0].Set(TimeSpan.FromDays(-2));
            await Eventually.TrueAsync(async () => await AheadAsync(nodes[0]) < TimeSpan.FromDays(-1), Patience, Ct, "the clock has jumped");
            clocks[0].Set(TimeSpan.FromDays(2));
            await Eventually.TrueAsync(async () => await AheadAsync(nodes[0]) > TimeSpan.FromDays(1), Patience, Ct, "the clock has jumped again");

            // By its own clock all tokens have expired; it does not go by that for a moment.
            Assert.Equal(HttpStatusCode.OK, await AskAsync(nodes[0], people[1]));
            using var api = new Api(nodes[0].Uri, people[0]);
            var said = (await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("m1", "hello"))).As<ChatEvent>(HttpStatusCode.Created);
            Assert.Equal(2, said.Seq);
            Assert.InRange(said.At, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    /// <summary>How far a node's own clock is ahead, by the header that the web server sets.</summary>
    private static async Task<TimeSpan> AheadAsync(ServerProcess node)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(node.Uri, "/health/live"), Ct);
        return answer.Headers.Date!.Value - DateTimeOffset.UtcNow;
    }

    private static async Task<HttpStatusCode> AskAsync(ServerProcess node, Person person)
    {
        using var api = new Api(node.Uri, person with { Server = node.Uri });
        return (await api.GetAsync("/api/account")).Status;
    }
}

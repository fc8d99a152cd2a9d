using Chat.Bench.Torture;
using Chat.Tests.Support;

namespace Chat.Tests.Torture;

/// <summary>The tool that operators have, for a short time each.</summary>
[Collection(BusyTests.Name)]
[TimeLimit(180)]
public sealed class TortureTests
{
    [Fact]
    public Task One_node_under_everything_that_can_be_done_to_it_breaks_no_promise() => EndureAsync(nodes: 1);

    [Fact]
    public Task Three_nodes_with_PostgreSQL_and_Redis_under_everything_break_no_promise() => EndureAsync(nodes: 3);

    private static async Task EndureAsync(int nodes)
    {
        var seed = Seed.Choose();
        using var output = new StringWriter();
        var result = await TortureBench.RunAsync(new TortureRun
        {
            Nodes = nodes,
            Seed = seed,
            Duration = TimeSpan.FromSeconds(10),
            Faults = 3,
            AtMost = TimeSpan.FromSeconds(60),
            Server = ServerBinary.Path,
            Output = output,
        }, TestContext.Current.CancellationToken);
        Output.Write(output.ToString());
        Assert.True(result == 0, output.ToString());
    }
}

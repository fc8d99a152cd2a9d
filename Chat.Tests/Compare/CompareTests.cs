using Chat.Bench.Compare;

namespace Chat.Tests.Compare;

/// <summary>The contestants of <c>Chat.Bench compare</c> and the counting, small; what it measures is of no interest here.</summary>
public sealed class CompareTests
{
    [Fact]
    public async Task Each_contestant_delivers_every_message_to_everybody_once()
    {
        using var output = new StringWriter();
        var code = await CompareBench.RunAsync(new CompareRun
        {
            Scenarios = [.. Scenario.All.Where(s => s.Id is "a500-fast" or "a500-50").Select(s => s with { Receivers = 8 })],
            Only = ["chat", "signalr", "socket.io", "ws", "nchan", "send-loop"],
            Rounds = 1,
            Duration = TimeSpan.FromSeconds(1),
            Deliveries = 800,
            WarmUp = TimeSpan.Zero,
            Pinned = false,
            Directory = AppContext.BaseDirectory,
            Output = output,
        }, TestContext.Current.CancellationToken);

        Assert.True(code == 0, output.ToString());
        Assert.Equal(12, output.ToString().Split('\n').Count(line => line.EndsWith("| yes |", StringComparison.Ordinal)));
    }
}

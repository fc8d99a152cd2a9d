using Chat.Bench.Compare;
using Chat.Tests.Support;

namespace Chat.Tests.Compare;

/// <summary>The contestants of <c>Chat.Bench compare</c> and the counting, small; what it measures is of no interest here.</summary>
[Collection(BusyTests.Name)]
public sealed class CompareTests
{
    [Theory]
    [InlineData("a500", 12, "chat", "signalr", "socket.io", "ws", "nchan", "send-loop")]
    [InlineData("sse500", 6, "chat", "signalr", "nchan")]
    [InlineData("poll500", 8, "chat", "signalr", "socket.io", "nchan")]
    public async Task Each_contestant_delivers_every_message_to_everybody_once(string scenarios, int results, params string[] contestants)
    {
        using var output = new StringWriter();
        var code = await CompareBench.RunAsync(new CompareRun
        {
            Scenarios = [.. Scenario.All.Where(s => s.Id == $"{scenarios}-fast" || s.Id == $"{scenarios}-50").Select(s => s with { Receivers = 8 })],
            Only = contestants,
            Rounds = 1,
            Duration = TimeSpan.FromSeconds(1),
            Deliveries = 800,
            WarmUp = TimeSpan.Zero,
            Pinned = false,
            Directory = AppContext.BaseDirectory,
            Output = output,
        }, TestContext.Current.CancellationToken);

        Assert.True(code == 0, output.ToString());
        Assert.Equal(results, output.ToString().Split('\n').Count(line => line.EndsWith("| yes |", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Those_who_come_back_at_once_all_get_what_they_have_missed()
    {
        using var output = new StringWriter();
        var code = await CompareBench.RunAsync(new CompareRun
        {
            Scenarios = [Scenario.All.Single(s => s.Id == "e5000") with { Receivers = 20 }],
            Only = [],
            Rounds = 1,
            Duration = TimeSpan.FromSeconds(1),
            Deliveries = 1,
            WarmUp = TimeSpan.Zero,
            Pinned = false,
            Directory = AppContext.BaseDirectory,
            Output = output,
        }, TestContext.Current.CancellationToken);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("| 20 of 20 |", output.ToString(), StringComparison.Ordinal);
        Assert.Single(output.ToString().Split('\n'), line => line.EndsWith("| yes |", StringComparison.Ordinal));
    }
}

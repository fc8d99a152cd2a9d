using System.Diagnostics;
using Chat.Server.Relay;
using Chat.Tests.Faults;
using Chat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Relay;

/// <summary>The cost of a session that leaves a small crowd or a large one. The test measures times.</summary>
[Collection(FaultTests.Name)]
public sealed class FollowerCrowdTests
{
    [Fact]
    public void A_crowd_that_goes_at_once_takes_time_in_proportion()
    {
        // The least of many rounds: a round that the machine disturbs is longer, and none is shorter.
        var (few, many) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 20; round++)
            (few, many) = (Math.Min(few, Leaving(2_000)), Math.Min(many, Leaving(20_000)));

        Output.Write($"ten times as many take {many / few:0.#} times as long");
        Assert.True(many / few < 40, "not the square, which would be a hundred times as long");
    }

    private static double Leaving(int sessions)
    {
        var feed = new RoomFeed("room", null!, null!, NullLogger.Instance);
        var all = Enumerable.Range(0, sessions).Select(_ => new Subscription(null!, feed, 0, 0)).ToList();
        all.ForEach(feed.Add);
        all.Reverse();
        var started = Stopwatch.GetTimestamp();
        foreach (var one in all)
            feed.Remove(one);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}

using Chat.Server.Hosting;

namespace Chat.Server.Relay;

/// <summary>What happens by the clock: checkpoints, stalled clients, presence, unused feeds, and the comparison of heads with the log.</summary>
internal sealed class Sweeper(NodeRelay relay, BackgroundLoops loops) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        loops.RunAsync("sweep", SweepAsync, stoppingToken),
        loops.RunAsync("comparison", relay.Comparison.RunAsync, stoppingToken));

    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), relay.Time);
        var compared = relay.Time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stopping))
        {
            Tick();
            if (relay.Time.GetElapsedTime(compared) < relay.Options.SweepInterval)
                continue;
            compared = relay.Time.GetTimestamp();
            relay.Comparison.Ask(null);
        }
    }

    private void Tick()
    {
        var now = relay.Time.GetTimestamp();
        var lastActive = new Dictionary<string, long>();
        foreach (var session in relay.All())
        {
            session.Tick(now, relay.Time, relay.Options.StallTimeout);
            lastActive[session.User.Id] = Math.Max(lastActive.GetValueOrDefault(session.User.Id), session.LastActive);
        }
        relay.Presence.Sweep(lastActive);
        foreach (var feed in relay.Feeds.All())
            feed.Retry();
        relay.Feeds.Trim();
        relay.Comparison.Retry();
    }
}

using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>What happens by the clock: checkpoints, stalled clients, presence, unused feeds, and the comparison of heads with the log.</summary>
internal sealed class Sweeper(NodeRelay relay) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), relay.Time);
        var compared = relay.Time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Tick();
                if (relay.Time.GetElapsedTime(compared) < relay.Options.SweepInterval)
                    continue;
                compared = relay.Time.GetTimestamp();
                await CompareAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
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
        relay.Feeds.Trim();
    }

    /// <summary>Whatever was missed, and however: the log knows.</summary>
    private async Task CompareAsync(CancellationToken stopping)
    {
        try
        {
            var heads = await relay.Log.HeadsAsync([.. relay.Feeds.All().Select(f => f.RoomId)], stopping);
            foreach (var (roomId, head) in heads)
                relay.Feeds.Find(roomId)?.Announce(head);
        }
        catch (ChatException e)
        {
            relay.Logger.CompareFailed(e);
        }
    }
}

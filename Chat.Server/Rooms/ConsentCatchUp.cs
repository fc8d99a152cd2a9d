using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Log;

namespace Chat.Server.Rooms;

/// <summary>
/// Derives what nodes of an earlier version did to requests, invitations and blocks, each time that the last of them is
/// gone. It ends requests that were answered there and invitations of people who were added, and hides direct rooms
/// with people who are blocked. It works in small batches. Every node does it; the second one finds less to do.
/// </summary>
internal sealed class ConsentCatchUp(
    IRoomLog log, ConsentCatalog catalog, ClusterFeatures features, BackgroundLoops loops, TimeProvider time,
    ILogger<ConsentCatchUp> logger) : BackgroundService
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    // Full: it is due already.
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Does it once; answers with how much there was to do.</summary>
    internal async Task<int> RunOnceAsync(CancellationToken cancellation) =>
        await EachAsync(catalog.AnsweredRequestsAsync, log.SettleRequestAsync, cancellation)
        + await EachAsync(catalog.InvitationsOfMembersAsync, log.SettleInvitationAsync, cancellation)
        + await EachAsync(catalog.ShownBlocksAsync, log.SettleBlockAsync, cancellation);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loops.RunAsync("consent catch-up", FollowAsync, stoppingToken);

    private async Task FollowAsync(CancellationToken stopping)
    {
        features.Changed += Ask;
        try
        {
            Ask();
            await foreach (var _ in _due.Reader.ReadAllAsync(stopping))
            {
                if (features.Has(Features.Consent))
                    await TryAsync(stopping);
            }
        }
        finally
        {
            features.Changed -= Ask;
        }
    }

    private void Ask() => _due.Writer.TryWrite(true);

    private async Task TryAsync(CancellationToken stopping)
    {
        try
        {
            if (await RunOnceAsync(stopping) is > 0 and var changed)
                logger.ConsentCaughtUp(changed);
        }
        catch (ChatException e)
        {
            logger.ConsentNotCaughtUp(e);
            await Task.Delay(s_retry, time, stopping);
            Ask();
        }
    }

    private static async Task<int> EachAsync(
        Func<ConsentKey, Task<ConsentBatch>> read, Func<string, string, Task> settle, CancellationToken cancellation)
    {
        var changed = 0;
        for (var batch = await read(new ConsentKey("", "")); batch.Last is { } last; batch = await read(last))
        {
            foreach (var key in batch.Due)
            {
                cancellation.ThrowIfCancellationRequested();
                await settle(key.First, key.Second);
                changed++;
            }
            cancellation.ThrowIfCancellationRequested();
        }
        return changed;
    }
}

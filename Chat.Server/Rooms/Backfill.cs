using System.Threading.Channels;
using Chat.Server.Cluster;

namespace Chat.Server.Rooms;

/// <summary>
/// Fills in columns of rows that nodes of an older version wrote: once after the start, and once more after the last
/// older node has ended. It works in small batches, so that writers never wait long. A failure is logged, and the batch
/// is tried again.
/// </summary>
internal abstract class Backfill(string what, ClusterFeatures features, TimeProvider time, ILogger logger)
    : BackgroundService
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    // Full: one more run is due already.
    private readonly Channel<bool> _again =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Begins with the first row.</summary>
    protected abstract void Restart();

    /// <summary>Fills in one batch. Returns how many rows it filled in; null after the last batch.</summary>
    protected abstract Task<int?> FillAsync(CancellationToken cancellation);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        features.Changed += AskAgain;
        try
        {
            do
            {
                Restart();
                await FillAllAsync(stoppingToken);
            }
            while (await _again.Reader.ReadAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            features.Changed -= AskAgain;
        }
    }

    private void AskAgain()
    {
        if (features.IsLastOlderGone)
            _again.Writer.TryWrite(true);
    }

    private async Task FillAllAsync(CancellationToken stopping)
    {
        for (var filled = 0; ;)
        {
            try
            {
                if (await FillAsync(stopping) is not { } some)
                {
                    if (filled > 0)
                        logger.FilledIn(what, filled);
                    return;
                }
                filled += some;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                logger.NotFilledIn(what, e);
                await Task.Delay(s_retry, time, stopping);
            }
        }
    }
}

using Chat.Server.Hosting;

namespace Chat.Server.Accounts;

/// <summary>Every hour, ends the sign-ins that have expired and forgets old failures.</summary>
internal sealed class SignInSweep(
    SignIns signIns, LoginLockout lockout, BackgroundLoops loops, TimeProvider time,
    ILogger<SignInSweep> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loops.RunAsync("sign-in sweep", SweepAsync, stoppingToken);

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var ended = await signIns.EndExpiredAsync(stoppingToken);
                if (ended > 0) logger.SignInsExpired(ended);
                await lockout.SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The next hour tries again; nothing depends on it, since whatever has expired is refused anyway.
                logger.SweepFailed(e);
            }
        }
    }
}

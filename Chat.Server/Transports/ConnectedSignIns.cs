using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Relay;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports;

/// <summary>
/// Prolongs the sign-ins of open connections, as requests prolong theirs, because a client that only listens uses its
/// sign-in, too. It writes a sign-in at most once in an eighth of its lifetime, and at most once in six hours.
/// </summary>
internal sealed class ConnectedSignIns(
    NodeRelay relay, SignIns signIns, IOptions<AccountOptions> options, BackgroundLoops loops, TimeProvider time,
    ILogger<ConnectedSignIns> logger) : BackgroundService
{
    /// <summary>The most sign-ins in one statement.</summary>
    private const int AtOnce = 500;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(6);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loops.RunAsync("connected sign-ins", ProlongAsync, stoppingToken);

    private async Task ProlongAsync(CancellationToken stopping)
    {
        var eighth = options.Value.SignInLifetime / 8;
        var often = eighth < s_longest ? eighth : s_longest;
        using var timer = new PeriodicTimer(often / 2, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await ProlongAsync(often, stopping);
    }

    private async Task ProlongAsync(TimeSpan often, CancellationToken stopping)
    {
        try
        {
            foreach (var some in relay.SignIns().Chunk(AtOnce))
                await signIns.ProlongAsync(some, often, stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            logger.NotProlonged(e); // the next turn comes long before they end
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Hosting;

/// <summary>
/// Runs the loops that have to go on for as long as the server does. If a loop ends unexpectedly, it is logged and
/// started again after a pause, and the health check reports it until the loop has run for a minute. Thread-safe.
/// </summary>
internal sealed class BackgroundLoops(TimeProvider time, ILogger<BackgroundLoops> logger) : IHealthCheck
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1), s_longestPause = TimeSpan.FromSeconds(30);

    /// <summary>The time that a restarted loop must run until it counts as sound.</summary>
    private static readonly TimeSpan s_sound = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (int Ends, long StartedAt)> _ended = [];

    /// <summary>Runs a loop until the server stops. Completes only then and does not throw.</summary>
    /// <param name="name">The name in log and health.</param>
    /// <param name="loop">
    /// The loop, which runs until its token is cancelled and releases everything that it holds when it ends.
    /// </param>
    /// <param name="stopping">The server stops.</param>
    public async Task RunAsync(string name, Func<CancellationToken, Task> loop, CancellationToken stopping)
    {
        var pause = s_firstPause;
        while (!stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            Exception? error = null;
            try
            {
                await loop(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                error = e;
            }
            if (stopping.IsCancellationRequested)
                return;
            if (time.GetElapsedTime(started) >= s_sound)
                pause = s_firstPause;
            logger.LoopEnded(name, pause.TotalSeconds, error);
            // The time counts from the restart; until then the loop is not sound.
            _ended.AddOrUpdate(name, _ => (1, long.MaxValue), (_, before) => (before.Ends + 1, long.MaxValue));
            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            _ended[name] = (_ended[name].Ends, time.GetTimestamp());
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context,
        CancellationToken cancellationToken = default)
    {
        foreach (var (name, state) in _ended)
        {
            if (state.StartedAt != long.MaxValue && time.GetElapsedTime(state.StartedAt) >= s_sound)
                _ended.TryRemove(KeyValuePair.Create(name, state));
        }
        // Degraded, not unhealthy: the loop is started again, and sending clients to other nodes would not help
        // meanwhile.
        return Task.FromResult(_ended.IsEmpty
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", _ended.OrderBy(l => l.Key).Select(l =>
                $"{l.Key} ended unexpectedly ({l.Value.Ends} times) and was started again; the log says why"))));
    }
}

internal static partial class BackgroundLoopsLog
{
    [LoggerMessage(9013, LogLevel.Error,
        "The background loop {Name} ended unexpectedly; it is started again in {Seconds} s")]
    public static partial void LoopEnded(this ILogger logger, string name, double seconds, Exception? error);
}

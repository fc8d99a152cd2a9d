using Chat.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Log;

/// <summary>Can the log store? Finds out by storing something.</summary>
internal sealed class LogHealth(IRoomLog log, RoomCatalog catalog, TimeProvider time) : IHealthCheck, IDisposable
{
    /// <summary>However many ask: nobody outside can make the log write more often than this.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private HealthCheckResult _last;
    private long _at;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_at == 0 || time.GetElapsedTime(_at) >= s_fresh)
                (_last, _at) = (await ProbeAsync(), time.GetTimestamp());
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<HealthCheckResult> ProbeAsync()
    {
        try
        {
            await log.ProbeAsync();
            return HealthCheckResult.Healthy(await catalog.FindsPartsOfNamesAsync() ? null
                : "room search finds beginnings of names only: no pg_trgm");
        }
        catch (ChatException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}

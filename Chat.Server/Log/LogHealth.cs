using Chat.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Log;

/// <summary>Can the log store? Finds out by storing something.</summary>
internal sealed class LogHealth(IRoomLog log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await log.ProbeAsync();
            return HealthCheckResult.Healthy();
        }
        catch (ChatException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}

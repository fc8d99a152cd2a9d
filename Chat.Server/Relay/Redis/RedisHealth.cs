using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Relay.Redis;

/// <summary>Without Redis everything goes on, only slower: a reason to look, not to send clients elsewhere.</summary>
internal sealed class RedisHealth(RedisBackplane backplane) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(backplane.State switch
    {
        { Deaf: true } => HealthCheckResult.Degraded("nothing comes over Redis: new events are looked for in the database every second"),
        { Complete: false } => HealthCheckResult.Degraded("not every room is heard over Redis yet: new events are looked for in the database every second"),
        { Unheard: { Count: > 0 } nodes } => HealthCheckResult.Degraded(
            $"nodes that are not heard over Redis: {string.Join(", ", nodes)}: new events are looked for in the database every second"),
        _ when backplane.IsLiedTo =>
            HealthCheckResult.Degraded(
                "messages come over Redis that no node has signed: somebody else may publish there"),
        _ => HealthCheckResult.Healthy(),
    });
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Cluster;

/// <summary>Whether this node takes part in the cluster. One that does not is not ready before it has tried; afterwards it serves what it can.</summary>
internal sealed class NodeHealth(NodeRegistry registry, NodeHeartbeat heartbeat) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !heartbeat.Tried ? HealthCheckResult.Unhealthy("starting")
        : !registry.TakesConnections ? HealthCheckResult.Degraded(heartbeat.Trouble ?? "not yet in the registry")
        : HealthCheckResult.Healthy());
}

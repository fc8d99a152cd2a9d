using Chat.Server.Hosting;

namespace Chat.Tests.Relay;

/// <summary>Delivery of what is written on the client's own node.</summary>
public sealed class SessionTests : SessionContract
{
    private protected override Task<RelayRig> StartAsync(LimitOptions limits) => RelayRig.StartAsync(limits);
}

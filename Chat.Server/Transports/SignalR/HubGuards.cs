using System.Collections.Concurrent;
using System.IO.Pipelines;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.SignalR;

/// <summary>Guards each hub connection, and looks at all of them once a second.</summary>
internal sealed class HubGuards(
    UserBounds bounds, RefusedCalls refusals, RequestRates rates, IOptions<HubOptions> hub, BackgroundLoops loops,
    TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<GuardedInput, bool> _guards = [];

    /// <summary>From before the handshake until the connection is over.</summary>
    public async Task GuardAsync(ConnectionContext connection, Func<Task> next)
    {
        var userId = connection.Features.Get<IConnectionUserFeature>()!.User!.ToUser().Id;
        var pipe = connection.Transport;
        var guard = new GuardedInput(pipe.Input, userId, refusals, rates, time) { Abort = connection.Abort };
        connection.Transport = new Pipes(guard, pipe.Output);
        connection.Features.Set(guard);
        GuardedInput.Current = guard;
        using var place = bounds.Connections.Take(userId,
            () => guard.End(ErrorCodes.RateLimited, "another connection of yours took the place of this one"));
        guard.Place = place;
        _guards[guard] = true;
        try
        {
            await next();
        }
        finally
        {
            _guards.TryRemove(guard, out _);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loops.RunAsync("hub guards", LookAsync, stoppingToken);

    private async Task LookAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            foreach (var (guard, _) in _guards)
                guard.Look(hub.Value.ClientTimeoutInterval ?? s_patience);
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

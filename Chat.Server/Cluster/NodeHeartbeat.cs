using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Chat.Server.Cluster;

/// <summary>
/// Keeps this node in the registry while it runs and is really reached where it says: a beat a second, goodbye at the end. A node that is not reached
/// serves what needs no connection of its own, passes on the rest, and sends new clients to the others.
/// </summary>
internal sealed class NodeHeartbeat(
    NodeRegistry registry, NodeHttp http, IServer server, IOptions<NodeOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    BackgroundLoops loops, ILogger<NodeHeartbeat> logger, ServerCertificate? certificate = null) : IHostedService
{
    private const int ProofsToEnter = 3, BeatsPerProof = 10;
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    private Task _running = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;
    private volatile TaskCompletionSource _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why this node takes no part; null if it does.</summary>
    public string? Trouble { get; private set; } = "starting";

    /// <summary>Whether it has tried for the first time.</summary>
    public bool Tried { get; private set; }

    /// <summary>Completes when this node has tried the next time, successfully or not.</summary>
    public Task NextBeat => _beat.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
            _running = loops.RunAsync("node heartbeat", RunAsync, lifetime.ApplicationStopping));
        lifetime.ApplicationStopping.Register(() => _leaving = LeaveAsync());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        await _leaving.WaitAsync(cancellationToken);
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_beat, time);
        var url = string.IsNullOrEmpty(options.Value.Url)
            ? OwnAddress.Find(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], tls: certificate is not null)
            : new Uri(options.Value.Url);
        for (var beat = 0; ; beat++)
        {
            await BeatAsync(Certified(url), beat % BeatsPerProof == 0, stopping);
            Tried = true;
            Interlocked.Exchange(ref _beat, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            await timer.WaitForNextTickAsync(stopping);
        }
    }

    /// <summary>With the fingerprint of the certificate, by which the others know it: the word of the common database, which they trust anyway.</summary>
    private Uri? Certified(Uri? url) => url is null || certificate is null ? url : new Uri(url, "#" + certificate.Current.Pin);

    private async Task BeatAsync(Uri? url, bool prove, CancellationToken stopping)
    {
        try
        {
            if (registry.TakesConnections && prove && await ForeignAsync(url!, stopping) is { } foreign)
            {
                Report(foreign);
                await registry.WithdrawAsync();
            }
            if (registry.TakesConnections)
                await registry.BeatAsync(url!, stopping);
            else if (await DoubtAsync(url, stopping) is { } doubt)
            {
                Report(doubt);
                await registry.LookAsync(stopping);
            }
            else
            {
                await registry.EnterAsync(url!, stopping);
                Report(null);
            }
        }
        catch (Exception e) when (NodeRegistry.IsOfTheDatabase(e) && !stopping.IsCancellationRequested)
        {
            // The registry has said so.
        }
    }

    /// <summary>Why it may not enter: every one of a few tries must find this very process, so that no balancer's address passes.</summary>
    private async Task<string?> DoubtAsync(Uri? url, CancellationToken stopping)
    {
        if (url is null)
            return $"it listens on no address that others could use; set {NodeOptions.Section}:{nameof(NodeOptions.Url)}";
        for (var proof = 0; proof < ProofsToEnter; proof++)
        {
            if (await http.AskAsync(url, stopping) is not { } id)
                return $"it does not reach itself at {url}; set {NodeOptions.Section}:{nameof(NodeOptions.Url)} to where the other nodes reach it";
            if (id != registry.Id)
                return Foreign(url);
        }
        return null;
    }

    /// <summary>That no answer came means nothing, the machine may be busy; another node's does.</summary>
    private async Task<string?> ForeignAsync(Uri url, CancellationToken stopping) =>
        await http.AskAsync(url, stopping) is { } id && id != registry.Id ? Foreign(url) : null;

    private static string Foreign(Uri url) =>
        $"another node answers at {url}; {NodeOptions.Section}:{nameof(NodeOptions.Url)} must be this node's own address, not another's and not a balancer's";

    /// <summary>Says it once.</summary>
    private void Report(string? trouble)
    {
        if (trouble is not null && Trouble != trouble)
            logger.NotReached(trouble);
        Trouble = trouble;
    }

    private async Task LeaveAsync()
    {
        try
        {
            await registry.LeaveAsync();
        }
        catch (Exception e) when (NodeRegistry.IsOfTheDatabase(e))
        {
            // The others will notice that it is silent.
        }
    }
}

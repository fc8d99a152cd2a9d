using System.Collections.Concurrent;
using System.Globalization;
using Chat.Bench.Processes;
using Chat.Bench.Proxy;
using Chat.Server.Hosting;

namespace Chat.Bench.Torture;

/// <summary>A node of the lab, with the ways to it and from it.</summary>
internal sealed class LabNode(string name, NodeProcess process, Link clients)
{
    private const int Shown = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentBag<string> _deaths = [];

    /// <summary>For reports.</summary>
    public string Name => name;

    /// <summary>The process.</summary>
    public NodeProcess Process => process;

    /// <summary>The way that clients take, through the balancer.</summary>
    public Link Clients => clients;

    /// <summary>All ways to it and from it.</summary>
    public required IReadOnlyList<Way> Ways { get; init; }

    /// <summary>Whether a balancer that watches its nodes sends anybody here. A frozen node looks alive.</summary>
    public bool Up { get; private set; }

    /// <summary>When it has ended by itself, and how. It may say that it cannot start; nothing that is done to other parts may do more to it.</summary>
    public IReadOnlyCollection<string> Deaths => _deaths;

    /// <summary>Starts it for the first time; throws <see cref="InvalidOperationException"/> with the end of its log if it does not stay.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        await process.StartAsync(ct);
        Rise();
    }

    /// <summary>Starts it until it stays: what it needs may be down.</summary>
    public async Task StartAsync(CancellationToken ct, string? crashAt = null)
    {
        using var late = new CancellationTokenSource(s_patience);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        while (true)
        {
            try
            {
                await process.StartAsync(any.Token, crashAt);
                Rise();
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException && !any.IsCancellationRequested)
            {
                if (!process.IsRunning && process.ExitCode != Starting.Misconfigured)
                    Died();
                await Task.Delay(s_pause, any.Token);
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        Up = false;
        await process.KillAsync();
    }

    /// <summary>SIGTERM, as for an upgrade: the balancer knows before. Kills it if it does not end.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        Up = false;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await process.TerminateAsync(any.Token);
        }
        catch (OperationCanceledException)
        {
            await process.KillAsync();
        }
    }

    private void Rise()
    {
        Up = true;
        _ = WatchAsync();
    }

    private async Task WatchAsync()
    {
        var life = process.Starts;
        await process.Ended;
        if (!Up || process.Starts != life)
            return;
        Up = false;
        Died();
    }

    private void Died() => _deaths.Add(string.Create(CultureInfo.InvariantCulture,
        $"{name} ended by itself with code {process.ExitCode}: {string.Join(Environment.NewLine, process.Log.Last.TakeLast(Shown))}"));
}

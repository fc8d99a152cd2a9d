using Chat.Server.Accounts.Names;
using Chat.Server.Hosting;
using Chat.Server.Rooms;
using Chat.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Hosting;

/// <summary>A loop that ends though it should not is started again, and log and health say so.</summary>
public sealed class BackgroundLoopsTests : IDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLog _log = new();
    private readonly LoggerFactory _logging = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BackgroundLoops _loops;

    public BackgroundLoopsTests()
    {
        _logging.AddProvider(_log);
        _loops = new BackgroundLoops(_time, _logging.CreateLogger<BackgroundLoops>());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stop.Dispose();
        _logging.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_started_again_until_it_stays_and_health_is_good_again_after_a_minute(bool throws)
    {
        var runs = 0;
        var running = _loops.RunAsync("sweep", async stopping =>
        {
            if (Interlocked.Increment(ref runs) < 3)
            {
                if (throws)
                    throw new InvalidOperationException("unforeseen");
                return;
            }
            await Task.Delay(Timeout.Infinite, stopping);
        }, _stop.Token);

        Assert.Equal(HealthStatus.Degraded, (await HealthAsync()).Status);
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref runs) == 3;
        }, s_soon, Ct, "it runs for the third time");
        var health = await HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith("sweep ended unexpectedly (2 times)", health.Description, StringComparison.Ordinal);
        Assert.Equal(2, _log.Lines.Count(l => l.Id.Id == 9013 && l.Text.Contains("sweep", StringComparison.Ordinal)));

        await Eventually.TrueAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return (await HealthAsync()).Status == HealthStatus.Healthy;
        }, s_soon, Ct, "health is good again");
        await _stop.CancelAsync();
        await running.WaitAsync(s_soon, Ct);
        Assert.Equal(3, runs);
    }

    [Fact]
    public void Every_background_service_goes_on_after_what_nobody_foresaw()
    {
        var services = typeof(BackgroundLoops).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(BackgroundService)) && !t.IsAbstract
                && !t.IsSubclassOf(typeof(Backfill)) && t != typeof(NameLooks)).ToList();

        Assert.NotEmpty(services);
        Assert.All(services, service => Assert.Contains(
            service.GetConstructors().Single().GetParameters(), p => p.ParameterType == typeof(BackgroundLoops)));
    }

    private Task<HealthCheckResult> HealthAsync() => _loops.CheckHealthAsync(new HealthCheckContext(), Ct);
}

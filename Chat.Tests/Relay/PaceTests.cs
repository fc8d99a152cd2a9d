using Chat.Server.Relay;
using Chat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Relay;

/// <summary>News are told at once after a pause, and then together.</summary>
public sealed class PaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task News_go_on_after_a_telling_that_failed()
    {
        var tellings = 0;
        var pace = Pace(() => ++tellings == 1 ? throw new InvalidOperationException("unforeseen") : 1);

        pace.Ask();
        pace.Ask();
        Assert.Equal(1, tellings);
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref tellings) == 2;
        }, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken, "what came meanwhile is told");
        pace.Ask();
        Assert.Equal(3, tellings);
    }

    [Fact]
    public async Task A_few_never_wait_and_a_crowd_rests_for_each_of_its_sessions()
    {
        var (tellings, sessions) = (0, 8);
        var pace = Pace(() =>
        {
            tellings++;
            return sessions;
        });

        pace.Ask();
        pace.Ask();
        Assert.Equal(2, tellings);
        sessions = 100;
        pace.Ask();
        pace.Ask();
        pace.Ask();
        Assert.Equal(3, tellings);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(3, tellings);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.TrueAsync(
            () => Volatile.Read(ref tellings) == 4, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken,
            "once for both");
    }

    private Pace Pace(Func<int> tell) =>
        new(tell, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5), _time, NullLogger.Instance);
}

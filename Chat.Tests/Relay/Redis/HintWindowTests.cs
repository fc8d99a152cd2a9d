using Chat.Server.Relay.Redis;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Relay.Redis;

/// <summary>A message counts once only, in whichever order messages come.</summary>
public sealed class HintWindowTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HintWindow _window;

    public HintWindowTests() => _window = new HintWindow(_time);

    [Fact]
    public void Every_word_counts_once_and_their_order_does_not_matter()
    {
        long[] order = [3, 1, 2, 200_000, 200_000 - HintWindow.Width + 1, 199_999];

        Assert.All(order, number => Assert.True(Take(number)));
        Assert.All(order, number => Assert.False(Take(number)));
        Assert.False(Take(200_000 - HintWindow.Width)); // too far behind to tell
        Assert.False(Take(0));
    }

    [Fact]
    public void A_number_is_free_again_for_the_next_round_of_the_window()
    {
        Assert.True(Take(5));
        Assert.True(Take(5 + HintWindow.Width));
        Assert.True(Take(6));
        Assert.True(Take(6 + (2 * HintWindow.Width)));
        Assert.True(Take(7 + HintWindow.Width));
    }

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    public void A_word_from_another_time_does_not_count(int seconds) =>
        Assert.False(Take(1, at: _time.GetUtcNow().AddSeconds(seconds)));

    [Fact]
    public void A_sender_that_is_gone_is_forgotten_and_its_words_are_too_old_by_then()
    {
        var then = _time.GetUtcNow();
        Assert.True(Take(1));
        _time.Advance(HintWindow.Fresh * 4);
        Assert.True(Take(1, sender: "other"));

        Assert.False(_window.Knows("node"));
        Assert.False(Take(1, at: then));
    }

    private bool Take(long number, DateTimeOffset? at = null, string sender = "node") =>
        Heard.New == _window.Take(
            new RedisWord { From = sender, Number = number, At = (at ?? _time.GetUtcNow()).ToUnixTimeMilliseconds() });
}

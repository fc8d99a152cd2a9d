using Chat.Server.Relay;
using Chat.Server.Relay.Redis;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Relay.Redis;

/// <summary>What is made of what is heard, by a clock of the test's own.</summary>
public sealed class RedisWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RegisteredNodes _registered = new(TimeProvider.System);
    private readonly RedisWatch _watch;

    public RedisWatchTests()
    {
        _watch = new RedisWatch("me", _registered, _time);
        _watch.Expect([0]);
    }

    [Fact]
    public void Nothing_is_trusted_before_this_node_has_heard_itself_for_a_second()
    {
        Assert.False(_watch.Look(complete: true).Trusts);
        Assert.False(Pass(0.9).Trusts);
        Assert.True(Pass(1).Trusts);
        Assert.False(_watch.Look(complete: false).Trusts);
        _watch.Disturbed();
        Assert.False(Pass(0.5).Trusts);
        Assert.True(Pass(1).Trusts);
    }

    [Fact]
    public void Deafness_is_known_within_three_seconds_and_nobody_else_is_blamed_for_it()
    {
        Pass(2, "other");
        _time.Advance(TimeSpan.FromSeconds(2));

        var deaf = _watch.Look(complete: true);
        Assert.True(deaf.Deaf);
        Assert.Empty(deaf.Silent);
        _watch.HeardEcho(0);
        Assert.Empty(_watch.Look(complete: true).Silent);
        Assert.True(Pass(2, "other").Trusts);
    }

    [Fact]
    public void One_silent_shard_is_enough_to_be_deaf()
    {
        _watch.Expect([0, 1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        _watch.HeardEcho(1);

        Assert.True(Pass(2.5).Deaf);
    }

    [Fact]
    public void A_node_that_falls_silent_is_named_once_doubted_for_some_seconds_and_gone()
    {
        Pass(2, "other");

        Assert.Equal(["other"], Pass(1.4).Silent);
        var later = Pass(1);
        Assert.Empty(later.Silent);
        Assert.False(later.Trusts);
        Assert.Equal(["other"], Pass(2).Gone);
        Assert.True(Pass(0.2).Trusts);
    }

    [Fact]
    public void A_node_that_says_goodbye_is_doubted_at_once()
    {
        Pass(2, "other");
        _watch.Heard("other", new Heartbeat(0, 0, Leaves: true), out _);

        var news = Pass(0.2);
        Assert.Equal(["other"], news.Left);
        Assert.Empty(news.Silent);
        Assert.False(news.Trusts);
        Assert.Equal(["other"], Pass(4).Gone);
    }

    [Fact]
    public void A_registered_node_is_doubted_until_it_is_heard()
    {
        _registered.Ids = ["me", "other"];

        Assert.False(Pass(6).Trusts);
        Assert.Equal(["other"], _watch.State.Unheard);
        Assert.True(Pass(2, "other").Trusts);
        Assert.Empty(Pass(3).Gone);
        Assert.Empty(Pass(3).Gone);
        _registered.Ids = ["me"];
        Assert.Equal(["other"], Pass(0.2).Gone);
    }

    [Fact]
    public void A_node_that_could_not_publish_something_says_so_with_its_next_beat()
    {
        Assert.True(_watch.Heard("other", new Heartbeat(3, 0), out var lost));
        Assert.False(lost);
        _watch.Heard("other", new Heartbeat(3, 0), out lost);
        Assert.False(lost);
        _watch.Heard("other", new Heartbeat(4, 0), out lost);
        Assert.True(lost);
    }

    [Fact]
    public void A_hole_in_what_a_node_says_of_presence_is_asked_for()
    {
        var numbers = new PresenceNumbers();
        Assert.False(numbers.Take("other", new PresenceWord(7, [], PresencePart.Some)));
        Assert.False(numbers.IsBehind("other", 7));
        Assert.True(numbers.IsBehind("other", 7));
        Assert.True(numbers.Take("other", new PresenceWord(8, [], PresencePart.First | PresencePart.Last)));
        Assert.True(numbers.Take("other", new PresenceWord(9, [], PresencePart.Some)));
        Assert.False(numbers.IsBehind("other", 9));
        Assert.False(numbers.Take("other", new PresenceWord(11, [], PresencePart.Some)));
        Assert.False(numbers.IsBehind("other", 11));
        Assert.True(numbers.IsBehind("other", 11));
    }

    /// <summary>Seconds in which this node hears itself, and perhaps another.</summary>
    private RedisNews Pass(double seconds, string? other = null)
    {
        RedisNews? last = null;
        List<string> silent = [], gone = [], left = [];
        for (var i = 0; i < (int)Math.Round(seconds * 10); i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _watch.HeardEcho(0);
            if (other is not null)
                _watch.Heard(other, new Heartbeat(0, 0), out _);
            last = _watch.Look(complete: true);
            silent.AddRange(last.Silent);
            gone.AddRange(last.Gone);
            left.AddRange(last.Left);
        }
        return last! with { Silent = silent, Gone = gone, Left = left };
    }
}

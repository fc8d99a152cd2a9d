using Chat.Client;
using CsCheck;
using Xunit;

namespace Chat.Tests.Client;

public sealed class BackoffTests
{
    [Fact]
    public void Every_wait_lies_between_zero_and_a_bound_that_doubles_up_to_the_longest() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Int[1, 60_000], Gen.Double[0, 0.999].Array[1, 60]).Sample((first, max, dice) =>
        {
            var rolls = dice.AsEnumerable().GetEnumerator();
            var backoff = new Backoff(TimeSpan.FromMilliseconds(first), TimeSpan.FromMilliseconds(max), random: () => rolls.MoveNext() ? rolls.Current : 0);
            for (var i = 0; i < dice.Length; i++)
            {
                var bound = Math.Min(max, first * Math.Pow(2, i));
                Assert.Equal(bound * dice[i], backoff.Next().TotalMilliseconds, bound / 1000 + 0.001);
            }
        });

    [Fact]
    public void The_first_retry_after_something_worked_is_quick_again()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30), random: () => 0.999);
        for (var i = 0; i < 1_000; i++)
            backoff.Next();
        Assert.InRange(backoff.Next(), TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(30));

        backoff.Reset();

        Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }
}

using Chat.Client;
using Chat.Client.Transports;
using CsCheck;
using Xunit;

namespace Chat.Tests.Client;

public sealed class TransportPolicyTests
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Whatever_works_is_found_without_waiting_from_wherever_it_begins() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool.Array[3]).Sample((remembered, works) =>
        {
            var policy = new TransportPolicy(null, remembered == 3 ? null : (TransportKind)remembered, Probe);
            for (var tries = 1; !works[(int)policy.Current]; tries++)
            {
                var atOnce = policy.StartFailed(StartFailure.Transport);
                Assert.Equal(tries < 3, atOnce);
                if (!atOnce)
                    return works.All(w => !w);
            }

            return true;
        });

    [Fact]
    public void An_unreachable_server_leaves_the_choice_where_it_was() =>
        Gen.Int[0, 2].Array[0, 20].Sample(failures =>
        {
            var policy = new TransportPolicy(null, null, Probe);
            policy.Connected(Start);
            foreach (var transport in failures)
            {
                if (transport == 0)
                    policy.StartFailed(StartFailure.Transport);
                Assert.False(policy.StartFailed(StartFailure.Unreachable));
                Assert.Equal(TransportKind.WebSockets, policy.Current);
            }
        });

    [Fact]
    public void A_forced_transport_is_never_left() =>
        Gen.Select(Gen.Enum<TransportKind>(), Gen.Int[0, 4].Array[0, 30]).Sample((forced, steps) =>
        {
            var policy = new TransportPolicy(forced, TransportKind.LongPolling, Probe);
            foreach (var step in steps)
                Take(policy, step, Start);
            return policy.Current == forced && policy.ProbeAfter is null;
        });

    [Fact]
    public void On_a_lower_transport_there_is_always_a_probe_ahead_and_on_the_best_there_is_none() =>
        Gen.Int[0, 5].Array[0, 60].Sample(steps =>
        {
            var policy = new TransportPolicy(null, null, Probe);
            foreach (var step in steps)
            {
                Take(policy, step, Start);
                Assert.Equal(policy.Current != TransportKind.WebSockets, policy.ProbeAfter is not null);
                Assert.True(policy.ProbeAfter is null || policy.ProbeAfter <= Probe * 16);
                Assert.Equal((int)policy.Current, policy.Better.Count());
            }
        });

    [Theory]
    [InlineData(1, 100, TransportKind.ServerSentEvents)]
    [InlineData(1, 121, TransportKind.WebSockets)]
    [InlineData(20, 100, TransportKind.WebSockets)]
    public void Two_quick_losses_close_together_go_down_one(int lifeSeconds, int betweenSeconds, TransportKind expected)
    {
        var policy = new TransportPolicy(null, null, Probe);
        for (var i = 0; i < 2; i++)
        {
            var begin = Start.AddSeconds(i * betweenSeconds);
            policy.Connected(begin);
            policy.Lost(Loss.Closed, begin.AddSeconds(lifeSeconds));
        }

        Assert.Equal(expected, policy.Current);
    }

    [Fact]
    public void Silence_counts_however_long_the_connection_had_lived()
    {
        var policy = new TransportPolicy(null, null, Probe);
        policy.Connected(Start);
        policy.Lost(Loss.Silent, Start.AddHours(1));
        policy.Connected(Start.AddHours(1));
        policy.Lost(Loss.Silent, Start.AddHours(1).AddSeconds(15));

        Assert.Equal(TransportKind.ServerSentEvents, policy.Current);
    }

    [Fact]
    public void A_server_that_died_between_two_quick_losses_excuses_the_transport()
    {
        var policy = new TransportPolicy(null, null, Probe);
        policy.Connected(Start);
        policy.Lost(Loss.Closed, Start.AddSeconds(1));
        policy.StartFailed(StartFailure.Unreachable);
        policy.Connected(Start.AddSeconds(2));
        policy.Lost(Loss.Closed, Start.AddSeconds(3));

        Assert.Equal(TransportKind.WebSockets, policy.Current);
    }

    [Fact]
    public void A_transport_that_passes_probes_and_fails_again_is_probed_less_and_less_often()
    {
        var policy = new TransportPolicy(null, null, Probe);
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            policy.Connected(Start);
            policy.Lost(Loss.Silent, Start);
            policy.Lost(Loss.Silent, Start);
            waits.Add(policy.ProbeAfter!.Value);
            policy.Connected(Start);
            policy.MoveUp(TransportKind.WebSockets);
        }

        Assert.Equal([60, 120, 240, 480, 480, 480, 480, 480], waits.Select(w => w.TotalSeconds));
    }

    private static void Take(TransportPolicy policy, int step, DateTimeOffset now)
    {
        switch (step)
        {
            case 0: policy.StartFailed(StartFailure.Transport); break;
            case 1: policy.StartFailed(StartFailure.Unreachable); break;
            case 2: policy.Connected(now); break;
            case 3: policy.Lost(Loss.Silent, now); break;
            case 4: policy.ProbeFailed(); break;
            default:
                if (policy.Current != TransportKind.WebSockets)
                    policy.MoveUp(TransportKind.WebSockets);
                break;
        }
    }
}

using System.Reflection;
using Chat.Contracts;
using Chat.Server.Relay;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Session = Chat.Server.Relay.Session;

namespace Chat.Tests.Relay;

/// <summary>
/// A feed's sessions: a session that comes or goes costs the same in a crowd, and a feed that nobody needs costs
/// little.
/// </summary>
public sealed class FollowerTests : IAsyncLifetime
{
    private RelayRig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await RelayRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public void Its_sessions_are_those_that_came_and_have_not_gone() => Gen.Int[0, 9].Array[0, 60].Sample(steps =>
    {
        var feed = new RoomFeed("room", _rig.Log, new HistoryBlocks(_rig.Log), NullLogger.Instance);
        var there = new List<Subscription>();
        foreach (var step in steps)
        {
            if (step < 6 || there.Count == 0)
            {
                there.Add(Follow(feed));
            }
            else
            {
                var gone = there[step * 7 % there.Count];
                there.Remove(gone);
                feed.Remove(gone);
                feed.Remove(gone); // twice does no harm
            }
            Assert.Equal(there.Count, feed.SubscriptionCount);
            Assert.Equal(there.ToHashSet(), feed.Subscriptions().ToHashSet());
        }
    }, iter: 200);

    [Fact]
    public void A_feed_with_nothing_in_it_holds_no_room_for_events_or_sessions()
    {
        var feeds = new RoomFeed[1_000];
        for (var i = 0; i < 2; i++)
            // These two make everything that is made only once.
            feeds[i] = new RoomFeed("room", _rig.Log, new HistoryBlocks(_rig.Log), NullLogger.Instance);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < feeds.Length; i++)
            feeds[i] = new RoomFeed("room", _rig.Log, new HistoryBlocks(_rig.Log), NullLogger.Instance);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / feeds.Length, 1, 512);
        var tail = new Tail();
        tail.Start(1_000_000);
        Assert.Equal(0, tail.Capacity);
        tail.Add(new RelayedEvent(new ChatEvent
        {
            RoomId = "room", Seq = 1_000_001, Id = "1", Type = EventTypes.Message, Sender = RelayRig.Ann, At = default,
        }));
        Assert.InRange(tail.Capacity, 1, 16);
    }

    [Fact]
    public async Task The_thread_that_commits_does_not_wait_for_the_sessions_of_a_crowd()
    {
        var room = await _rig.RoomAsync(RelayRig.Bob);
        await _rig.ConnectAsync(RelayRig.Ann, (room, 2));
        var transports = new List<RecordingTransport>();
        for (var i = 0; i < 20; i++)
            transports.Add((await _rig.ConnectAsync(RelayRig.Bob, (room, 2))).Transport);
        var session = _rig.Relay.Of(RelayRig.Bob.Id)[0];
        // The lock that a session takes while it looks at the rooms that have something for it.
        var busy = typeof(Session).GetField("_ready", BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetValue(session)!;
        await _rig.SayAsync(room, RelayRig.Ann); // everything runs for the first time
        await transports[0].ReceivesAsync(room, 3);

        using var held = new ManualResetEventSlim();
        using var free = new ManualResetEventSlim();
        var holding = Task.Factory.StartNew(() =>
        {
            lock (busy)
            {
                held.Set();
                free.Wait(Ct);
            }
        }, Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        held.Wait(Ct);
        try
        {
            await _rig.SayAsync(room, RelayRig.Ann).WaitAsync(TimeSpan.FromSeconds(30), Ct);
            await _rig.SayAsync(room, RelayRig.Ann).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        }
        finally
        {
            free.Set();
        }
        await holding;
        foreach (var transport in transports)
            await transport.ReceivesAsync(room, 3, 4, 5);
    }

    private static Subscription Follow(RoomFeed feed)
    {
        var subscription = new Subscription(null!, feed, 0, 0);
        feed.Add(subscription);
        return subscription;
    }
}

using System.Collections.Concurrent;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>A session reads older events at the pace of its user, and no more of them than it has to.</summary>
public sealed class BacklogTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private RelayRig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await RelayRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task In_a_block_of_large_events_reading_begins_at_the_cursor()
    {
        var room = await _rig.RoomAsync();
        for (var i = 0; i < 14; i++)
            await _rig.SayAsync(room, Ann, 10, new string('\u0001', 16_000)); // 96 KB of JSON each
        var feed = new RoomFeed(room, _rig.Log, _rig.Relay.Blocks, NullLogger.Instance);
        _rig.Log.Pages.Clear();

        var read = await _rig.Relay.Blocks.ReadAsync(feed, 126);

        Assert.Equal([127L, 128L], read.Select(e => e.Seq));
        Assert.Equal([(0, 128), (126, 2)], _rig.Log.Pages);
        Assert.Equal(41, (await _rig.Relay.Blocks.ReadAsync(feed, 40))[0].Seq);
        Assert.Equal(3, _rig.Log.Pages.Count);
    }

    [Fact]
    public async Task All_that_a_session_reads_of_older_events_is_paced_and_what_others_have_read_is_not()
    {
        var paced = new ConcurrentQueue<(string User, int Count)>();
        _rig.Backlog = async (user, read, _) =>
        {
            var events = await read();
            paced.Enqueue((user, events.Count));
            return events;
        };
        var room = await _rig.RoomAsync(Bob);
        for (var i = 0; i < 7; i++)
            await _rig.SayAsync(room, Ann, 100);
        var (ann, _) = await _rig.ConnectAsync(Ann, (room, 0));
        await ann.ReceivesAsync(room, Enumerable.Range(1, 702).Select(n => (long)n));
        Assert.Equal(_rig.Log.Pages.Count, paced.Count);
        Assert.All(paced, p => Assert.Equal(Ann.Id, p.User));
        Assert.InRange(paced.Sum(p => p.Count), 701, 900);

        var before = paced.Count;
        var (bob, _) = await _rig.ConnectAsync(Bob, (room, 0));
        await bob.ReceivesAsync(room, Enumerable.Range(1, 702).Select(n => (long)n));
        Assert.Equal(before, paced.Count);
    }

    [Fact]
    public async Task A_session_that_is_closed_gives_up_its_turn_to_read()
    {
        var waiting = new TaskCompletionSource();
        _rig.Backlog = async (_, _, ct) =>
        {
            waiting.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return [];
        };
        var room = await _rig.RoomAsync();
        await _rig.SayAsync(room, Ann, 3);
        var (ann, session) = await _rig.ConnectAsync(Ann, (room, 0));
        await waiting.Task.WaitAsync(s_soon, Ct);

        await session.CloseAsync().WaitAsync(s_soon, Ct);

        Assert.False(ann.Aborted);
        Assert.Empty(ann.Numbers(room));
    }

    [Fact]
    public async Task In_a_server_the_budget_of_reads_paces_them()
    {
        await using var server = new ChatServer();
        var relay = server.Services.GetRequiredService<NodeRelay>();
        Assert.Same(server.Services.GetRequiredService<ReadBudget>(), relay.Backlog.Target);
    }
}

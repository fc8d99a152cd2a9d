using Chat.Contracts;
using Chat.Server.Log;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>
/// A database that loses a tail while nodes run, as a failover may: numbers are given a second time, and feeds start
/// over.
/// </summary>
public sealed class WentBackTests : IAsyncLifetime
{
    private readonly SqliteStore _store = new();
    private RelayRig _before = null!;
    private RelayRig _after = null!;
    private RelayRig _reader = null!;
    private string _room = "";
    private int _second;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _before = await RelayRig.StartAsync(store: _store);
        // This is another life of the store, so its events have another generation.
        _after = await RelayRig.StartAsync(store: _store);
        _reader = await RelayRig.StartAsync(store: _store, writer: _before.Log);
        _room = await _before.RoomAsync();
        await _before.SayAsync(_room, Ann, 9);
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _after.DisposeAsync();
        await _before.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task A_head_that_fell_is_seen_at_the_next_comparison()
    {
        var client = await FollowAsync();
        Lose(after: 6);
        await _reader.PassUntilAsync(() => client.Aborted, "its client is disconnected");
        await ShowsAsync(6);
    }

    [Fact]
    public async Task A_number_that_is_given_a_second_time_is_seen_at_once()
    {
        var client = await FollowAsync();
        Lose(after: 6);
        var second = (await SecondAsync(2))[0].Event!;
        Assert.Equal(7, second.Seq);
        _reader.Backplane.Hear(second);
        await Eventually.TrueAsync(() => client.Aborted, TimeSpan.FromSeconds(10), Ct, "its client is disconnected");
        await ShowsAsync(8);
    }

    [Fact]
    public async Task What_follows_numbers_that_were_given_a_second_time_unheard_is_not_put_behind_the_lost_ones()
    {
        var client = await FollowAsync();
        Lose(after: 6);
        await SecondAsync(4); // 7–10: as many as were lost, and nobody hears of them
        var next = (await SecondAsync(1))[0].Event!;
        Assert.Equal(11, next.Seq);
        _reader.Backplane.Hear(next);
        await Eventually.TrueAsync(() => client.Aborted, TimeSpan.FromSeconds(10), Ct, "its client is disconnected");
        Assert.Equal(Numbers(10), client.Numbers(_room));
        await ShowsAsync(11);
    }

    [Fact]
    public async Task A_store_that_started_anew_and_lost_nothing_disconnects_nobody()
    {
        var client = await FollowAsync();
        foreach (var said in await SecondAsync(3))
            _reader.Backplane.Hear(said.Event!);
        await client.ReceivesAsync(_room, Numbers(13));
        await _reader.PassUntilAsync(() => _reader.Log.Reads > 4, "heads are compared");
        Assert.False(client.Aborted);
    }

    [Fact]
    public async Task Members_whose_join_was_lost_are_not_listed_any_more()
    {
        await _before.Log.AddMemberAsync(_room, Bob, Bob); // 11
        Assert.Equal([Ann.Id, Bob.Id], await ListedAsync());
        var client = await FollowAsync(11);
        Lose(after: 6);
        await SecondAsync(5); // again 11 is the newest number
        _reader.Backplane.Hear((await _after.Log.ReadAfterAsync(_room, 6, 1, Ct))[0]);
        await Eventually.TrueAsync(() => client.Aborted, TimeSpan.FromSeconds(10), Ct, "its client is disconnected");
        await Eventually.TrueAsync(
            async () => (await ListedAsync()).SequenceEqual([Ann.Id]), TimeSpan.FromSeconds(10), Ct,
            "it is read again");
    }

    private async Task<IEnumerable<string>> ListedAsync() =>
        (await _reader.Relay.Catalog.FindAsync(Ann.Id, _room))!.Members.Select(m => m.Id);

    private static IEnumerable<long> Numbers(int last) => Enumerable.Range(1, last).Select(n => (long)n);

    /// <summary>Written in the other life, with client ids that were not used in the first one.</summary>
    private Task<IReadOnlyList<AppendResult>> SecondAsync(int messages) => _after.Log.AppendAsync(
        _room, Ann, [.. Enumerable.Range(0, messages)
            .Select(_ => new Draft(EventTypes.Message, $"second-{++_second}", "text"))]);

    private async Task<RecordingTransport> FollowAsync(int head = 10)
    {
        var (transport, _) = await _reader.ConnectAsync(Ann, (_room, 0));
        await transport.ReceivesAsync(_room, Numbers(head));
        return transport;
    }

    /// <summary>A client that comes now gets the events in the log.</summary>
    private async Task ShowsAsync(int last)
    {
        await Eventually.TrueAsync(() => _reader.Relay.Feeds.Find(_room)!.Head == last, TimeSpan.FromSeconds(10), Ct,
            "the feed has started over");
        var (transport, _) = await _reader.ConnectAsync(Ann, (_room, 0));
        await transport.ReceivesAsync(_room, Numbers(last));
        Assert.Equal(await _reader.Log.ReadAllAsync(_room, Ct), transport.Written.OfType<ChatEvent>());
    }

    private void Lose(long after)
    {
        using var database = _store.Connect();
        using var lose = new SqliteCommand(
            $"DELETE FROM Events WHERE Seq > {after}; DELETE FROM Members WHERE JoinSeq > {after}; "
            + $"UPDATE Rooms SET Head = {after}", database);
        lose.ExecuteNonQuery();
    }
}

using Chat.Bench.Log;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Log;

/// <summary>What <c>Chat.Bench log</c> holds the log against, and how it spreads senders over rooms.</summary>
public sealed class LogBenchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_in_C_stores_what_the_log_would_have_stored()
    {
        using var folder = new TemporaryFolder();
        var run = Run(senders: 8, rooms: 20, direct: true) with { PerCall = 3 };
        await using var c = await CLog.OpenAsync(run, folder.Path, Ct);
        var measured = await c.RunAsync(run, TimeSpan.FromSeconds(0.3), Ct);
        Assert.InRange(measured.Calls, 1, long.MaxValue);
        Assert.Equal(measured.Calls * 3, measured.Messages);
        Assert.Equal((measured.Calls, measured.Calls / 4), ((await c.CommitsAsync()).Writes, (await c.CommitsAsync()).Transactions));

        using var store = new SqliteStore(folder.Path);
        using var log = await store.OpenAsync();
        await using var db = store.CreateDbContext();
        var stored = 0L;
        foreach (var room in db.Rooms)
        {
            var events = await log.ReadAllAsync(room.Id, Ct);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
            Assert.Equal(events.Count, room.Head);
            var messages = events.Where(e => e.Type == EventTypes.Message).ToList();
            Assert.All(messages, m => Assert.Equal((Chat.Bench.Log.Load.Body, 32), (m.Body, m.ClientId!.Length)));
            Assert.True(messages.Zip(messages.Skip(1)).All(p => p.First.At <= p.Second.At));
            stored += messages.Count;
        }
        Assert.Equal(measured.Messages, stored);
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 64)]
    [InlineData(64, 1_000)]
    [InlineData(7, 20)]
    public void A_sender_goes_round_in_rooms_that_are_its_own_if_there_are_enough(int senders, int rooms)
    {
        var run = Run(senders, rooms, direct: false);
        var used = Enumerable.Range(0, senders).SelectMany(s => Enumerable.Range(0, rooms).Select(call => (Sender: s, Room: run.RoomOf(s, call)))).ToList();
        Assert.Equal(Enumerable.Range(0, rooms), used.Select(u => u.Room).Distinct().Order());
        if (rooms >= senders)
            Assert.All(used.GroupBy(u => u.Room), room => Assert.Single(room.Select(u => u.Sender).Distinct()));
        else
            Assert.All(used.GroupBy(u => u.Sender), sender => Assert.Single(sender.Select(u => u.Room).Distinct()));
    }

    private static LogRun Run(int senders, int rooms, bool direct) =>
        new() { Senders = senders, PerCall = 1, Rooms = rooms, Direct = direct, Duration = TimeSpan.FromSeconds(1), Rounds = 1, Directory = "" };
}

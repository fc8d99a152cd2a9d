using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Chat.Tests.Log;

/// <summary>What is SQLite's own: durability, group commit, and what the disk can do to it.</summary>
public sealed class SqliteStorageTests : IDisposable
{
    private static readonly UserRef Ann = new("ann", "Ann");

    private readonly SqliteStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_connection_that_writes_uses_the_write_ahead_log_and_syncs_every_commit()
    {
        using var log = await _store.OpenAsync();
        var writer = log.Writer;

        Assert.Equal("wal", Pragma(writer, "journal_mode"));
        Assert.Equal(2L, Pragma(writer, "synchronous"));
    }

    [Fact]
    public async Task Writers_at_the_same_time_share_transactions()
    {
        using var log = await _store.OpenAsync();
        var room = await log.CreateAsync(RoomKind.Public, "room", "", Ann);
        using var hold = new ManualResetEventSlim();
        var first = Blocked(log, hold);
        var before = log.Counts;

        // While one transaction is under way, the others gather.
        var writes = Enumerable.Range(0, 500).Select(i => log.AppendAsync(room, Ann, [Message($"{i}")])).ToList();
        hold.Set();
        await Task.WhenAll(writes);

        Assert.Equal(500, log.Counts.Writes - before.Writes);
        Assert.InRange(log.Counts.Transactions - before.Transactions, 1, 3);
        await first;
    }

    [Fact]
    public async Task A_write_that_fails_does_not_fail_its_neighbours()
    {
        using var log = await _store.OpenAsync();
        string sick = await log.CreateAsync(RoomKind.Public, "sick", "", Ann), well = await log.CreateAsync(RoomKind.Public, "well", "", Ann);
        // A room whose head is behind its events: the next number is taken, and inserting fails.
        using (var other = _store.Connect())
            Execute(other, $"UPDATE Rooms SET Head = 0 WHERE Id = '{sick}'");
        using var hold = new ManualResetEventSlim();
        var first = Blocked(log, hold);

        var good = Enumerable.Range(0, 20).Select(i => log.AppendAsync(well, Ann, [Message($"{i}")])).ToList();
        var bad = log.AppendAsync(sick, Ann, [Message("x")]);
        var after = log.AppendAsync(well, Ann, [Message("after")]);
        hold.Set();

        // The write failed twice by itself while others were stored, so trying it again would never help.
        Assert.Equal(ErrorCodes.Invalid, (await Assert.ThrowsAsync<ChatException>(() => bad)).Code);
        await Task.WhenAll([.. good, after]);
        Assert.Equal(22, (await log.ReadAfterAsync(well, 0, 100, Ct)).Count);
        await first;
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        using var log = await _store.OpenAsync();
        var room = await log.CreateAsync(RoomKind.Public, "room", "", Ann);
        using var hold = new ManualResetEventSlim();
        var first = Blocked(log, hold);
        var writes = Enumerable.Range(0, GroupCommitter.Capacity).Select(i => log.AppendAsync(room, Ann, [Message($"{i}")])).ToList();

        var refusal = await Assert.ThrowsAsync<ChatException>(() => log.AppendAsync(room, Ann, [Message("more")]));

        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
        Assert.DoesNotContain(writes, w => w.IsCompleted);
        hold.Set();
        await Task.WhenAll(writes);
        await first;
    }

    [Fact]
    public async Task While_another_process_holds_the_lock_writers_are_refused_and_later_ones_are_not()
    {
        using var log = await _store.OpenAsync();
        var room = await log.CreateAsync(RoomKind.Public, "room", "", Ann);
        using (var other = _store.Connect())
        {
            Execute(other, "BEGIN IMMEDIATE");
            var refusal = await Assert.ThrowsAsync<ChatException>(() => log.AppendAsync(room, Ann, [Message("locked out")]));
            Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
            Assert.Single(await log.ReadAfterAsync(room, 0, 10, Ct)); // reading goes on
            Execute(other, "ROLLBACK");
        }

        // The first may have been written after its caller gave up; the same client id tells.
        var results = await log.AppendAsync(room, Ann, [Message("locked out"), Message("next")]);
        Assert.Equal([2L, 3L], results.Select(r => r.Event!.Seq));
    }

    [Fact]
    public async Task A_database_that_may_not_grow_refuses_and_takes_the_same_again_when_it_may()
    {
        using var log = await _store.OpenAsync();
        var room = await log.CreateAsync(RoomKind.Public, "room", "", Ann);
        var writer = log.Writer;
        Pragma(writer, $"max_page_count={Pragma(writer, "page_count")}");
        var big = new Draft(EventTypes.Message, "big", new string('x', 16_000));

        for (var i = 0; i < 3; i++)
        {
            var refusal = await Assert.ThrowsAsync<ChatException>(() => log.AppendAsync(room, Ann, [big]));
            Assert.Equal((ErrorCodes.Unavailable, "the disk is full"), (refusal.Code, refusal.Message));
        }
        Pragma(writer, "max_page_count=1000000");

        Assert.Equal(2, Assert.Single(await log.AppendAsync(room, Ann, [big])).Event!.Seq);
    }

    [Fact]
    public async Task After_it_was_closed_a_write_is_refused_with_its_code()
    {
        var log = await _store.OpenAsync();
        log.Dispose();

        Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(log.ProbeAsync)).Code);
    }

    [Fact]
    public async Task Closing_commits_what_was_queued()
    {
        var log = await _store.OpenAsync();
        var room = await log.CreateAsync(RoomKind.Public, "room", "", Ann);
        var writes = Enumerable.Range(0, 200).Select(i => log.AppendAsync(room, Ann, [Message($"{i}")])).ToList();
        log.Dispose();

        Assert.All(await Task.WhenAll(writes), r => Assert.NotNull(r[0].Event));
        using var again = await _store.OpenAsync();
        Assert.Equal(201, (await again.ReadAfterAsync(room, 0, 1_000, Ct)).Count);
    }

    /// <summary>Keeps the committing thread busy, as a slow disk would, until the event is set.</summary>
    private static Task<string> Blocked(SqliteRoomLog log, ManualResetEventSlim hold)
    {
        var entered = new ManualResetEventSlim();
        void Hold(IReadOnlyList<ChatEvent> events)
        {
            log.Committed -= Hold;
            entered.Set();
            hold.Wait(Ct);
        }

        log.Committed += Hold;
        var writing = log.CreateAsync(RoomKind.Public, "slow", "", Ann);
        entered.Wait(Ct);
        entered.Dispose();
        return writing;
    }

    private static Draft Message(string clientId) => new(EventTypes.Message, clientId, "text");

    private static object? Pragma(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return command.ExecuteScalar();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

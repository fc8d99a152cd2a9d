using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Log.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Chat.Tests.Log;

/// <summary>A write or a room that a batch cannot take is refused alone; the rest of the batch is written.</summary>
public sealed partial class PostgresNodesTests
{
    [Fact]
    public async Task A_room_that_somebody_holds_for_too_long_is_refused_alone_and_the_rest_of_its_batch_is_written()
    {
        using var node = OneCommitter();
        var rooms = await RoomsAsync(node, 6);
        await using var other = await store.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await HoldAsync(transaction, rooms[0]);

        for (var round = 0; round < 2; round++)
        {
            var writes = await TogetherAsync(node, rooms[5], [.. rooms.Select(r => (r, Say($"{round}")))]);
            Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => writes[0])).Code);
            Assert.All(await Task.WhenAll(writes[1..]), a => Assert.Null(a[0].Error));
        }
        Assert.Equal(ErrorCodes.NotFound,
            (await Assert.ThrowsAsync<ChatException>(() => node.AppendAsync("nosuchroom", Ann, [Say("x")]))).Code);

        await transaction.RollbackAsync(Ct);
        Assert.Equal(2, await InsistAsync(node, rooms[0], "0"));
    }

    [Fact]
    public async Task A_room_that_others_write_to_all_the_time_is_never_refused_because_another_one_is_held()
    {
        using var node = OneCommitter();
        var rooms = await RoomsAsync(node, 3);
        var (held, busy) = (rooms[0], rooms[1]);
        await using var other = await store.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await HoldAsync(transaction, held);
        using var enough = new CancellationTokenSource();
        // One has it locked, the other waits for it: at no moment is it free.
        var writers = Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => TakeTurnsAsync(busy, enough.Token), Ct)).ToList();

        for (var round = 0; round < 10; round++)
        {
            var writes = await TogetherAsync(node, rooms[2], (held, Say($"{round}")), (busy, Say($"{round}")));
            Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => writes[0])).Code);
            Assert.Null((await writes[1])[0].Error);
        }
        // It is free again, and busy from now on.
        await transaction.RollbackAsync(Ct);
        Assert.Equal(2, await InsistAsync(node, held, "free"));
        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_write_that_fails_by_itself_each_time_is_refused_for_good_and_the_rest_of_its_batch_is_written()
    {
        using var node = OneCommitter();
        var rooms = await RoomsAsync(node, 3);
        await store.ExecuteAsync("""
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'spoiled'; END $$;
            CREATE TRIGGER spoil BEFORE INSERT ON "Events" FOR EACH ROW WHEN (NEW."Body" = 'poison of nodes')
                EXECUTE FUNCTION spoil();
            """);
        try
        {
            var writes = await TogetherAsync(
                node, rooms[2], (rooms[0], Say("a")), (rooms[0], Say("b") with { Body = "poison of nodes" }),
                (rooms[0], Say("c")), (rooms[1], Say("d")));

            Assert.Equal(ErrorCodes.Invalid, (await Assert.ThrowsAsync<ChatException>(() => writes[1])).Code);
            Assert.Equal([2, 3, 2], (await Task.WhenAll(writes[0], writes[2], writes[3])).Select(a => a[0].Event!.Seq));
        }
        finally
        {
            await store.ExecuteAsync("DROP TRIGGER spoil ON \"Events\"; DROP FUNCTION spoil");
        }
    }

    [Fact]
    public async Task A_room_that_a_stopped_node_holds_is_refused_in_time_and_the_others_go_on()
    {
        var rooms = await RoomsAsync(_nodes[0], 12);
        await using var stopped = await store.ConnectAsync();
        await using var transaction = await stopped.BeginTransactionAsync(Ct);
        await HoldAsync(transaction, rooms[0]);

        var held = _nodes[0].AppendAsync(rooms[0], Ann, [Say("held")]);
        // Of twelve rooms some belong to other committers than the first.
        var others = rooms[1..].Select(r => _nodes[0].AppendAsync(r, Ann, [Say("free")])).ToList();
        await Task.WhenAny(others);
        Assert.False(held.IsCompleted);

        Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => held)).Code);
        await transaction.RollbackAsync(Ct);
        Assert.Equal(2, await InsistAsync(_nodes[0], rooms[0], "held"));
    }

    [Fact]
    public async Task Who_cannot_be_stored_does_not_fail_their_neighbours()
    {
        var room = await _nodes[0].CreateAsync(RoomKind.Public, "room", "", Ann);

        var good = Enumerable.Range(0, 20).Select(i => _nodes[0].AppendAsync(room, Ann, [Say($"{i}")])).ToList();
        var bad = _nodes[0].AppendAsync(room, Ann, [new Draft(EventTypes.Message, "bad", "no \0 in PostgreSQL")]);
        good.Add(_nodes[0].AppendAsync(room, Ann, [Say("after")]));

        Assert.Equal(ErrorCodes.Invalid, (await Assert.ThrowsAsync<ChatException>(() => bad)).Code);
        await Task.WhenAll(good);
        Assert.Equal(22, (await _nodes[0].ReadAfterAsync(room, 0, 100, Ct)).Count);
    }

    private PostgresRoomLog OneCommitter() =>
        new(store.ConnectionString, TimeProvider.System, NullLogger<PostgresRoomLog>.Instance, committers: 1);

    private static Task<string[]> RoomsAsync(PostgresRoomLog node, int count) => Task.WhenAll(
        Enumerable.Range(0, count).Select(_ => node.CreateAsync(RoomKind.Public, "room", "", Ann)));

    /// <summary>
    /// Writes these in one batch. They gather while the handler of an earlier commit, in another room, holds the
    /// committer.
    /// </summary>
    private static async Task<Task<IReadOnlyList<AppendResult>>[]> TogetherAsync(PostgresRoomLog node, string first,
        params (string Room, Draft Draft)[] drafts)
    {
        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        void Hold(IReadOnlyList<ChatEvent> events)
        {
            reached.Set();
            go.Wait(Ct);
        }
        node.Committed += Hold;
        await node.AppendAsync(first, Ann, [Say(Guid.NewGuid().ToString("n"))]);
        await Task.Run(() => reached.Wait(Ct), Ct);
        node.Committed -= Hold;
        var writes = drafts.Select(d => node.AppendAsync(d.Room, Ann, [d.Draft])).ToArray();
        go.Set();
        await Task.WhenAny(Task.WhenAll(writes));
        return writes;
    }

    /// <summary>Locks a room until the transaction ends.</summary>
    private static async Task HoldAsync(NpgsqlTransaction transaction, string room)
    {
        await using var hold = new NpgsqlCommand(
            $"SELECT 1 FROM \"Rooms\" WHERE \"Id\" = '{room}' FOR UPDATE", transaction.Connection, transaction);
        await hold.ExecuteScalarAsync(Ct);
    }

    /// <summary>As another node does it: locks the room, writes for a moment, and comes again.</summary>
    private async Task TakeTurnsAsync(string room, CancellationToken enough)
    {
        await using var connection = await store.ConnectAsync();
        await using var turn = new NpgsqlCommand(
            $"SELECT 1 FROM \"Rooms\" WHERE \"Id\" = '{room}' FOR UPDATE; SELECT pg_sleep(0.005)", connection);
        while (!enough.IsCancellationRequested)
            await turn.ExecuteNonQueryAsync(Ct);
    }
}

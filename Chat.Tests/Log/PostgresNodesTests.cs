using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Log.Postgres;
using Chat.Tests.Support;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Chat.Tests.Log;

/// <summary>Several nodes on one PostgreSQL, and what goes wrong between them.</summary>
public sealed partial class PostgresNodesTests(PostgresStore store) : IClassFixture<PostgresStore>, IDisposable
{
    private static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob");

    private readonly PostgresRoomLog[] _nodes = [store.Open(), store.Open(), store.Open()];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var node in _nodes)
            node.Dispose();
    }

    [Fact]
    public async Task What_all_nodes_write_to_the_same_rooms_gets_one_order_without_holes_and_each_is_told_of_its_own_in_that_order()
    {
        const int Writers = 12, Calls = 15;
        var rooms = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _nodes[0].CreateAsync(RoomKind.Public, "room", "", Ann)));
        var told = _nodes.Select(_ => new ConcurrentQueue<ChatEvent>()).ToArray();
        foreach (var (node, i) in _nodes.Select((n, i) => (n, i)))
            node.Committed += events => events.ToList().ForEach(told[i].Enqueue);

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            var seen = new List<(int Node, ChatEvent Event)>();
            var random = new Random(w);
            for (var c = 0; c < Calls; c++)
            {
                var node = random.Next(_nodes.Length);
                // Each in another order of rooms at once: nodes that did not lock in one order would wait for each other.
                random.Shuffle(rooms = [.. rooms]);
                foreach (var results in await Task.WhenAll(rooms.Select(r => _nodes[node].AppendAsync(r, Ann, [Say($"{w}-{c}-a"), Say($"{w}-{c}-b")]))))
                    seen.AddRange(results.Select(a => (node, a.Event!)));
            }
            return seen;
        })));

        foreach (var room in rooms)
        {
            var all = await _nodes[0].ReadAllAsync(room, Ct);
            Assert.Equal(Enumerable.Range(1, 1 + (Writers * Calls * 2)).Select(n => (long)n), all.Select(e => e.Seq));
            foreach (var (node, i) in _nodes.Select((n, i) => (n, i)))
            {
                var own = answers.SelectMany(a => a).Where(a => a.Node == i && a.Event.RoomId == room).Select(a => a.Event.Seq).Order().ToList();
                await Eventually.TrueAsync(() => told[i].Count(e => e.RoomId == room) == own.Count, TimeSpan.FromSeconds(20), Ct);
                Assert.Equal(own, told[i].Where(e => e.RoomId == room).Select(e => e.Seq));
            }
        }
        // The server ends such a circle after a second, and the log tries again: only slowness would show it.
        Assert.Equal(0L, await store.ExecuteAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }

    [Fact]
    public async Task The_same_client_id_on_all_nodes_at_once_is_appended_once()
    {
        var log = new CapturedLog();
        using var logging = new LoggerFactory();
        logging.AddProvider(log);
        var logger = logging.CreateLogger<PostgresRoomLog>();
        using PostgresRoomLog first = store.Open(logger), second = store.Open(logger), third = store.Open(logger);
        PostgresRoomLog[] nodes = [first, second, third];
        var room = await first.CreateAsync(RoomKind.Public, "room", "", Ann);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            Task.Run(() => nodes[i % 3].AppendAsync(room, Ann, [Say($"{i / 12}")]))));

        Assert.Equal(5, answers.Count(a => !a[0].Repeated));
        Assert.Equal(6, (await second.ReadAfterAsync(room, 0, 100, Ct)).Count);
        Assert.All(answers.GroupBy(a => a[0].Event!.ClientId),
            g => Assert.Single(g.Select(a => a[0].Event!.Seq).Distinct()));
        for (var round = 0; round < 20; round++)
        {
            // Each call is alone in its transaction, so no neighbour makes the committer try it again.
            var alone = await Task.WhenAll(nodes.Select(n => n.AppendAsync(room, Ann, [Say($"alone {round}")])));
            Assert.Single(alone, a => !a[0].Repeated);
        }
        // The unique index refuses a second copy, and the committer tries the write again: only its log shows that.
        Assert.DoesNotContain(log.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Two_people_who_find_each_other_on_all_nodes_at_once_have_one_direct_room()
    {
        for (var round = 0; round < 10; round++)
        {
            // Several pairs in different orders: who makes the second of them may be waiting for whoever made the first.
            UserRef[] others = [.. Enumerable.Range(0, 4).Select(i => new UserRef($"{round}-{i}", $"O{i}"))];
            var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
            {
                var mine = i % 2 == 0 ? others : others.Reverse();
                return await Task.WhenAll(mine.Select(async o => (o.Id, Room: await (i % 2 == 0 ? _nodes[i % 3].OpenDirectAsync(Ann, o) : _nodes[i % 3].OpenDirectAsync(o, Ann)))));
            })));
            foreach (var pair in ids.SelectMany(i => i).GroupBy(i => i.Id))
            {
                var room = Assert.Single(pair.Select(p => p.Room).Distinct());
                Assert.Equal([(1L, EventTypes.Join), (2, EventTypes.Join)], (await _nodes[2].ReadAfterAsync(room, 0, 10, Ct)).Select(e => (e.Seq, e.Type)));
            }
        }
    }

    [Fact]
    public async Task Who_leaves_on_one_node_is_numbered_no_more_on_another()
    {
        var room = await _nodes[0].CreateAsync(RoomKind.Public, "room", "", Ann);
        for (var round = 0; round < 10; round++)
        {
            await _nodes[0].AddMemberAsync(room, Bob, Bob);
            var writing = Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
            {
                try
                {
                    await _nodes[1 + (i % 2)].AppendAsync(room, Bob, [Say($"{round}-{i}")]);
                }
                catch (ChatException e) when (e.Code == ErrorCodes.Forbidden)
                {
                    // After the leave: that is the point.
                }
            }, Ct)).ToList();
            await Task.WhenAll([.. writing, Task.Run(() => _nodes[0].RemoveMemberAsync(room, Bob, Ann), Ct)]);

            var all = await _nodes[0].ReadAllAsync(room, Ct);
            Assert.DoesNotContain(all.SkipWhile(e => e != all.Last(x => x.Type == EventTypes.Leave)).Skip(1), e => e.Sender == Bob);
        }
    }

    [Fact]
    public async Task Connections_that_are_cut_under_load_cost_no_message_and_double_none()
    {
        var room = await _nodes[0].CreateAsync(RoomKind.Public, "room", "", Ann);
        await using var connection = await store.ConnectAsync();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 12).Select(w => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var c = 0; c < 25; c++)
            {
                if (w == 0 && c % 2 == 0)
                    await CutAsync(connection);
                mine.Add(await InsistAsync(_nodes[w % 3], room, $"{w}-{c}"));
            }
            return mine;
        })));

        Assert.Equal(Enumerable.Range(2, 300).Select(n => (long)n), numbers.SelectMany(n => n).Order());
        Assert.Equal(301, (await InsistOnReadingAsync(room)).Count);
        Assert.All(numbers, mine => Assert.Equal(mine.Order(), mine));
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk_whatever_the_database_is_set_to()
    {
        var database = (string)(await store.ExecuteAsync("SELECT current_database()"))!;
        await store.ExecuteAsync(
            $"""
             ALTER DATABASE {database} SET synchronous_commit = off;
             CREATE TABLE seen (setting text);
             CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
             CREATE TRIGGER see AFTER INSERT ON "Events" EXECUTE FUNCTION see();
             """);
        try
        {
            using var log = store.Open();
            await log.CreateAsync(RoomKind.Public, "room", "", Ann);
            Assert.Equal("on", await store.ExecuteAsync("SELECT string_agg(DISTINCT setting, ' ') FROM seen"));
        }
        finally
        {
            await store.ExecuteAsync($"DROP TRIGGER see ON \"Events\"; DROP FUNCTION see; DROP TABLE seen; ALTER DATABASE {database} RESET synchronous_commit");
        }
    }

    [Fact]
    public async Task A_database_that_became_read_only_is_named_and_used_again_when_it_may_be_written_to()
    {
        var database = (string)(await store.ExecuteAsync("SELECT current_database()"))!;
        var room = await _nodes[0].CreateAsync(RoomKind.Public, "room", "", Ann);
        await store.ExecuteAsync($"ALTER DATABASE {database} SET default_transaction_read_only = on");
        await store.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'chat log'");

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _nodes[0].AppendAsync(room, Ann, [Say("m")]));
        await PostgresStore.ExecuteAsync(
            $"{store.ConnectionString};Options=-c default_transaction_read_only=off", $"ALTER DATABASE {database} RESET default_transaction_read_only");

        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
        Assert.Contains("read-only", refusal.Message, StringComparison.Ordinal);
        // Its connections still are of the time before: they must not be kept.
        Assert.Equal(2, (await _nodes[0].AppendAsync(room, Ann, [Say("m")]))[0].Event!.Seq);
    }

    private static async Task CutAsync(NpgsqlConnection connection)
    {
        await using var cut = new NpgsqlCommand(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'chat log' AND random() < 0.7", connection);
        await cut.ExecuteScalarAsync(Ct);
    }

    internal static Draft Say(string clientId) => new(EventTypes.Message, clientId, "text");

    /// <summary>As a client does it: the same again until it is answered.</summary>
    internal static async Task<long> InsistAsync(IRoomLog log, string room, string clientId)
    {
        while (true)
        {
            try
            {
                return (await log.AppendAsync(room, Ann, [Say(clientId)]))[0].Event!.Seq;
            }
            catch (ChatException e) when (e.Code == ErrorCodes.Unavailable && !Ct.IsCancellationRequested)
            {
                // Tried again.
            }
        }
    }

    private async Task<IReadOnlyList<ChatEvent>> InsistOnReadingAsync(string room)
    {
        while (true)
        {
            try
            {
                return await _nodes[0].ReadAllAsync(room, Ct);
            }
            catch (ChatException e) when (e.Code == ErrorCodes.Unavailable)
            {
                Ct.ThrowIfCancellationRequested();
            }
        }
    }
}

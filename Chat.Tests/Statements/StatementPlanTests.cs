using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Chat.Bench.Size;
using Chat.Contracts;
using Chat.Server.Accounts.Names;
using Chat.Server.Rooms;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Tests.Statements;

/// <summary>
/// The cost of no statement that a client can cause grows with rows that are not in its answer. The tests check every
/// statement that a server really runs while a client uses all of it, on full tables.
/// </summary>
public sealed class StatementPlanTests
{
    private const string BigRoom = "big";

    private static readonly HashSet<string> s_filled =
    [
        "Rooms", "Members", "Events", "Accounts", "SignIns", "Blocks", "HiddenRooms", "Requests", "RoomInvitations",
        "ConsentVersions", "FailedLogins",
    ];

    /// <summary>Strangers ask before they write to each other: only then its statements run.</summary>
    private static readonly Dictionary<string, string> s_consent = new() { ["Chat:Rooms:Consent"] = "true" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Statements that were found to grow, which the rules must refuse.</summary>
    [Theory]
    [InlineData("SELECT \"UserId\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"LeftSeq\" IS NULL ORDER BY \"UserName\", \"JoinSeq\" LIMIT 1")]
    [InlineData("SELECT \"m\".\"UserId\" FROM \"Members\" AS \"m\" WHERE \"m\".\"RoomId\" = ?1 AND \"m\".\"LeftSeq\" IS NULL ORDER BY \"m\".\"ReadUpTo\" LIMIT 1")]
    [InlineData("SELECT * FROM \"Rooms\" AS \"r\" WHERE instr(\"r\".\"NameKey\", ?1) > 0 LIMIT 100")]
    [InlineData("SELECT count(*) FROM \"Events\" AS \"e\" WHERE \"e\".\"RoomId\" = ?1 AND \"e\".\"Seq\" > ?2 LIMIT 1")]
    [InlineData("SELECT (SELECT count(*) FROM \"Events\" AS \"e\" WHERE \"e\".\"RoomId\" = \"r\".\"Id\" AND \"e\".\"Seq\" > ?2) FROM \"Rooms\" AS \"r\" WHERE \"r\".\"Id\" = ?1 LIMIT 1")]
    [InlineData("SELECT EXISTS (SELECT 1 FROM \"Events\" AS \"e\" WHERE \"e\".\"RoomId\" = ?1 AND \"e\".\"Seq\" > ?2 AND \"e\".\"Type\" = 'room')")]
    public async Task The_rules_refuse_what_grows(string sql)
    {
        using var store = new SqliteStore();
        using (await store.OpenAsync())
        {
            await using var connection = store.Connect();
            Assert.NotEmpty(Explain(connection, Rules(connection), sql));
        }
    }

    /// <summary>
    /// A former statement for deletions. The index that SQLite chooses for it depends on the other indexes.
    /// </summary>
    [Fact]
    public async Task The_rules_refuse_a_deletion_that_looks_at_all_events_of_the_room()
    {
        using var store = new SqliteStore();
        using (await store.OpenAsync())
        {
            await using var connection = store.Connect();
            Assert.NotEmpty(Rules(connection).Objections(
                "UPDATE \"Events\" SET \"Body\" = NULL WHERE \"RoomId\" = ?1 AND (\"Seq\" = ?2 OR \"Target\" = ?2)",
                ["SEARCH Events USING PRIMARY KEY (RoomId=?)"]));
        }
    }

    [Fact, TimeLimit(180)]
    public async Task No_statement_on_SQLite_grows_with_what_it_does_not_answer()
    {
        using var watched = new WatchedStatements();
        await using var server = new ChatServer(s_consent);
        var file = server.Data.File("chat.db");
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Ct);
        var scenario = await FillAsync(server, new DatabaseFiller(connection));
        watched.Begin();

        await scenario.RunAsync();
        await BackfillAsync(server, connection);

        var statements = watched.On(file).SelectMany(s => s.Split(";\n")).Select(s => s.Trim()).Where(IsStatement)
            .Distinct().ToList();
        var objections = statements.SelectMany(s => Explain(connection, Rules(connection), s)).ToList();
        // The same with statistics: a plan may change with them.
        await new DatabaseFiller(connection).SettleAsync(Ct);
        await using var settled = new SqliteConnection($"Data Source={file};Pooling=False");
        await settled.OpenAsync(Ct);
        objections.AddRange(statements.SelectMany(s => Explain(settled, Rules(settled), s)));
        Assert.True(objections.Count == 0, string.Join("\n\n", objections.Distinct()));
        Assert.True(statements.Count > 40,
            $"only {statements.Count} statements were seen:\n{string.Join("\n\n", statements)}");
    }

    [Fact, TimeLimit(180)]
    public async Task A_list_of_many_rooms_takes_as_many_statements_as_one_of_a_few()
    {
        using var watched = new WatchedStatements();
        await using var server = new ChatServer();
        var file = server.Data.File("chat.db");
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Ct);
        var me = await Person.SignUpAsync(server.Uri, Ct);
        var counts = new List<int>();
        using var api = new Api(server.Uri, me);
        watched.Begin();
        foreach (var rooms in (int[])[3, 300])
        {
            await new DatabaseFiller(connection).AddRoomsOfAsync($"of{rooms}-", (me.User.Id, me.User.Name), rooms,
                messages: 2, Ct);
            var before = watched.Runs(file, _ => true);
            var listed = (await api.GetAsync("/api/rooms")).As<RoomList>().Rooms;
            Assert.Equal(rooms, listed.Count(r => r.Id.StartsWith($"of{rooms}-", StringComparison.Ordinal)));
            Assert.All(listed, r => Assert.Equal(2, r.Unread));
            counts.Add(watched.Runs(file, _ => true) - before);
        }
        // One more of each kind for every two hundred rooms.
        Assert.InRange(counts[1], counts[0], counts[0] * 2);
    }

    [Fact, TimeLimit(180)]
    public async Task No_statement_on_PostgreSQL_grows_with_what_it_does_not_answer()
    {
        await using var postgres = await PostgresProcess.RunAsync(Ct, keepsLog: true);
        var database = await postgres.NewDatabaseAsync(Ct);
        await WatchAsync(database);
        await using var server = new ChatServer(
            new Dictionary<string, string>(s_consent) { ["ConnectionStrings:Chat"] = database });
        await using var connection = await PostgresStore.ConnectAsync(database);
        await RunAsync(connection, "SET auto_explain.log_min_duration = -1");
        var scenario = await FillAsync(server, new DatabaseFiller(connection));
        await new DatabaseFiller(connection).SettleAsync(Ct);
        var before = new FileInfo(postgres.LogFile).Length;

        await scenario.RunAsync();
        await BackfillAsync(server, connection);

        await RunAsync(connection, "SET auto_explain.log_min_duration = 0; SELECT 'the end of it'");
        string log = "";
        await Eventually.TrueAsync(async () =>
            (log = await ReadAsync(postgres.LogFile, before)).Contains("the end of it", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20), Ct, "the plans are in the log");
        var plans = Plans(log).ToList();
        Assert.True(plans.Count > 100, $"only {plans.Count} plans were seen");
        var objections = plans.SelectMany(p => PostgresPlanRules.Objections(p.GetProperty("Plan"), s_filled)
            .Select(o => $"{o}\n  {p.GetProperty("Query Text").GetString()}"))
            .Distinct().ToList();
        Assert.True(objections.Count == 0, string.Join("\n\n", objections));
    }

    private static async Task<StatementScenario> FillAsync(ChatServer server, DatabaseFiller filler)
    {
        var me = await Person.SignUpAsync(server.Uri, Ct);
        var other = await Person.SignUpAsync(server.Uri, Ct);
        var stranger = await Person.SignUpAsync(server.Uri, Ct);
        await filler.AddRoomAsync(BigRoom, ("owner", "owner"), members: 20_000, messages: 40_000, unread: 30_000, Ct);
        // Nobody else has written there, and the messages count as unread until they are marked.
        await filler.AddRoomAsync("monologue", (me.User.Id, me.User.Name), members: 1, messages: 30_000,
            unread: 30_000, Ct);
        await filler.AddRoomsOfAsync("mine", (me.User.Id, me.User.Name), rooms: 40, messages: 3, Ct);
        await filler.AddRoomsOfAsync("open", ("owner", "owner"), rooms: 20_000, messages: 1, Ct,
            RoomKind.Public);
        await filler.AddAccountsAsync("account", 20_000, Ct);
        await filler.AddConsentAsync("consent", 20_000, Ct);
        return new StatementScenario(server, me, other, stranger, BigRoom);
    }

    /// <summary>Runs the background work of a start again, because it began before the test looked.</summary>
    private static async Task BackfillAsync(ChatServer server, DbConnection connection)
    {
        var services = server.Services.GetServices<IHostedService>().Where(s => s is Backfill or NameLooks).ToList();
        Assert.NotEmpty(services);
        foreach (var service in services)
        {
            await service.StopAsync(Ct);
            await service.StartAsync(Ct);
        }
        foreach (var missing in (string[])
        [
            "FROM \"Members\" WHERE \"UserKind\" IS NULL AND \"RoomId\" LIKE 'mine%' AND \"UserId\" NOT LIKE 'mine%'",
            "FROM \"Accounts\" WHERE \"NameLook\" IS NULL",
        ])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT count(*) {missing}";
            await Eventually.TrueAsync(
                async () => Convert.ToInt64(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture) == 0,
                TimeSpan.FromSeconds(90), Ct, missing);
        }
    }

    private static bool IsStatement(string sql) =>
        sql.Split(' ', '\n')[0].ToUpperInvariant() is "SELECT" or "INSERT" or "UPDATE" or "DELETE" or "WITH";

    private static IEnumerable<string> Explain(SqliteConnection connection, SqlitePlanRules rules, string sql)
    {
        var plan = Read(connection, $"EXPLAIN QUERY PLAN {sql}", row => row.GetString(3)).ToList();
        return rules.Objections(sql, plan).Select(o => $"{o}\n  {sql}\n    {string.Join("\n    ", plan)}");
    }

    private static SqlitePlanRules Rules(SqliteConnection connection)
    {
        var tables = Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", row => row.GetString(0))
            .ToList();
        var keys = new List<(string, IReadOnlyList<string>)>();
        foreach (var table in tables)
        {
            foreach (var (index, primary) in Read(connection,
                $"SELECT name, origin = 'pk' FROM pragma_index_list('{table}') WHERE \"unique\"", row =>
                    (row.GetString(0), row.GetBoolean(1))).ToList())
            {
                var columns = Read(connection, $"SELECT name FROM pragma_index_info('{index}') ORDER BY seqno",
                    row => row.GetString(0)).ToList();
                keys.Add((index, columns));
                if (primary)
                    keys.Add((SqlitePlanRules.PrimaryKeyOf(table), columns));
            }
        }
        return new SqlitePlanRules(tables, keys);
    }

    private static IEnumerable<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        // An unbound parameter is NULL for a plan, but the provider wants a value for each name.
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(sql, @"[@$?][A-Za-z_0-9]+")
            .Select(m => m.Value).Distinct())
            command.Parameters.AddWithValue(name, DBNull.Value);
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return row(rows);
    }

    private static async Task WatchAsync(string database)
    {
        await using var connection = await PostgresStore.ConnectAsync(database);
        foreach (var setting in (string[])["session_preload_libraries = 'auto_explain'",
            "auto_explain.log_min_duration = 0", "auto_explain.log_format = 'json'",
            "auto_explain.log_analyze = on", "auto_explain.log_timing = off",
            "auto_explain.log_parameter_max_length = 0"])
            await RunAsync(connection, $"ALTER DATABASE {connection.Database} SET {setting}");
    }

    private static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<string> ReadAsync(string file, long from)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = from;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Ct);
    }

    /// <summary>Each plan in the server's log: JSON on lines that begin with a tab.</summary>
    private static IEnumerable<JsonElement> Plans(string log)
    {
        var lines = log.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].EndsWith("plan:", StringComparison.Ordinal))
                continue;
            var json = string.Join('\n', lines.Skip(i + 1).TakeWhile(l => l.StartsWith('\t')));
            using var document = JsonDocument.Parse(json);
            yield return document.RootElement.Clone();
        }
    }
}

using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Chat.Tests.Hosting;

public sealed class PostgresDatabaseTests(SharedPostgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Databases_of_one_name_on_two_servers_of_one_host_are_told_apart() => Assert.NotEqual(
        ChatDatabase.At("Host=localhost;Port=5432;Database=chat").Place, ChatDatabase.At("Host=localhost;Port=5433;Database=chat").Place);

    [Fact]
    public async Task Nodes_that_start_at_the_same_time_make_the_tables_once()
    {
        var database = ChatDatabase.At(await postgres.NewDatabaseAsync(Ct));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await database.PrepareAsync(Ct);
            await using var log = LogDb.Migrating(database);
            await database.MigrateAsync(log, Ct);
            await using var accounts = AccountsDb.Migrating(database);
            await database.MigrateAsync(accounts, Ct);
        }));

        await using var db = LogDb.Migrating(database);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(Ct));
        Assert.Empty(await db.Rooms.ToListAsync(Ct));
    }

    [Theory]
    [InlineData("Password=wrong", "the database refuses this user or password")]
    [InlineData("Database=nosuch", "the server has no such database; create it first")]
    [InlineData("Port=1", "the database cannot be reached (nothing listens there)")]
    [InlineData("Host=nosuch.invalid", "the database cannot be reached (no such host)")]
    public async Task What_is_wrong_is_said_in_one_line_with_the_key_and_without_the_password(string setting, string because)
    {
        var right = await postgres.NewDatabaseAsync(Ct);
        var database = ChatDatabase.At($"{right};{setting}");

        var refusal = await Assert.ThrowsAsync<StartException>(() => database.PrepareAsync(Ct));

        Assert.StartsWith($"{ChatDatabase.Key} ({database.Place}): ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(because, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(right).Password!, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_keep_all_text_is_refused()
    {
        var right = await postgres.NewDatabaseAsync(Ct);
        await PostgresStore.ExecuteAsync(right, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");

        var refusal = await Assert.ThrowsAsync<StartException>(() => ChatDatabase.At($"{right};Database=latin").PrepareAsync(Ct));

        Assert.Contains("must keep text as UTF8, not as LATIN1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused_with_the_least_version()
    {
        var right = new NpgsqlConnectionStringBuilder(await postgres.NewDatabaseAsync(Ct));
        await using var old = new OlderPostgres(right.Port, "13");
        right.Port = old.Port;

        var refusal = await Assert.ThrowsAsync<StartException>(() => ChatDatabase.At(right.ConnectionString).PrepareAsync(Ct));

        Assert.Contains("PostgreSQL 14 or newer is needed; this is 13.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_said_gets_a_value_for_a_server_among_several_and_what_is_said_stays()
    {
        var few = new NpgsqlConnectionStringBuilder(ChatDatabase.At("Host=a,b;Database=chat").ConnectionString);
        var many = new NpgsqlConnectionStringBuilder(ChatDatabase.At(
            "Host=a;Database=chat;Maximum Pool Size=7;Command Timeout=3;Timeout=2;Application Name=mine").ConnectionString);

        Assert.Equal(("read-write", 16, "chat"), (few.TargetSessionAttributes, few.MaxPoolSize, few.ApplicationName));
        Assert.Equal((null, 7, 3, 2, "mine"), (many.TargetSessionAttributes, many.MaxPoolSize, many.CommandTimeout, many.Timeout, many.ApplicationName));
    }

    [Fact]
    [TimeLimit(120)]
    public async Task Three_servers_that_start_at_once_on_an_empty_database_serve_the_same_people_and_rooms()
    {
        var settings = new Dictionary<string, string> { [ChatDatabase.Key] = await postgres.NewDatabaseAsync(Ct) };
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => new ChatServer(settings))));
        try
        {
            var ann = await Person.SignUpAsync(servers[0].Uri, Ct);
            var room = await ann.CreateRoomAsync(Ct);
            foreach (var (server, i) in servers.Select((s, i) => (s, i)))
            {
                using var http = new Api(server.Uri, ann with { Server = server.Uri }); // the token is good on every node
                var posted = (await http.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage($"m{i}", "hello"))).As<ChatEvent>(HttpStatusCode.Created);
                Assert.Equal(i + 2, posted.Seq);
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).Status);
            }
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }
}

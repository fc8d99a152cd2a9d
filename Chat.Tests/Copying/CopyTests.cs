using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Copying;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Copying;

/// <summary><c>Chat.Server copy</c>.</summary>
[TimeLimit(120)]
public sealed class CopyTests(SharedPostgres postgres) : IDisposable
{
    private static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_goes_to_PostgreSQL_and_back_and_numbering_goes_on()
    {
        var room = await FillAsync("a.db", messages: 1_200);
        var database = await postgres.NewDatabaseAsync(Ct);

        var there = await CopyAsync(Sqlite("a.db"), database);
        Assert.Equal(CopyCommand.Done, there.Code);
        using (var log = PostgresStore.Open(database))
        {
            Assert.Equal("text 1199", (await log.ReadBeforeAsync(room, long.MaxValue, 1, Ct))[0].Body);
            Assert.True((await log.AppendAsync(room, Ann, [Say("m7", "text 7")]))[0].Repeated);
            Assert.Equal(1_203, (await log.AppendAsync(room, Ann, [Say("next", "on PostgreSQL")]))[0].Event!.Seq);
            Assert.Equal(await log.OpenDirectAsync(Ann, Bob), await log.OpenDirectAsync(Bob, Ann));
        }
        await using (var accounts = AccountsDb.Migrating(ChatDatabase.At($"{database};Pooling=False")))
        {
            var claim = accounts.UserClaims.Add(new IdentityUserClaim<string> { UserId = Ann.Id, ClaimType = "t", ClaimValue = "2" }).Entity;
            var key = accounts.DataProtectionKeys.Add(new DataProtectionKey { FriendlyName = "new", Xml = "<key/>" }).Entity;
            await accounts.SaveChangesAsync(Ct);
            Assert.Equal((8, 42), (claim.Id, key.Id));
        }

        var back = await CopyAsync(database, Sqlite("b.db"));
        var again = await CopyAsync(Sqlite("b.db"), await postgres.NewDatabaseAsync(Ct));

        Assert.Equal((CopyCommand.Done, CopyCommand.Done), (back.Code, again.Code));
        Assert.Equal(back.Output, again.Output); // counts and hashes
        Assert.Contains("Events", back.Output, StringComparison.Ordinal);
        Assert.Contains("DataProtectionKeys", back.Output, StringComparison.Ordinal);
        using var store = new SqliteStore(SubFolder("b.db"));
        using var sqlite = await store.OpenAsync();
        Assert.Equal("on PostgreSQL", (await sqlite.ReadBeforeAsync(room, long.MaxValue, 1, Ct))[0].Body);
        Assert.Equal(1_204, (await sqlite.AppendAsync(room, Ann, [Say("next 2", "on SQLite")]))[0].Event!.Seq);
    }

    [Fact]
    public async Task Killed_in_the_middle_no_server_starts_on_it_and_the_same_command_goes_on()
    {
        await FillAsync("a.db", messages: 2_600);
        var database = await postgres.NewDatabaseAsync(Ct);
        using (var copy = Start(Sqlite("a.db"), database, crashAt: "page-copied:8"))
        {
            Output.Write(await copy.StandardError.ReadToEndAsync(Ct));
            await copy.WaitForExitAsync(Ct);
        }
        var half = (long)(await PostgresStore.ExecuteAsync(database, "SELECT count(*) FROM \"Events\""))!;
        Assert.InRange(half, 1, 2_599);

        await using (var run = new Hosting.ServerRun(_folder.Path, new Dictionary<string, string> { ["ConnectionStrings:Chat"] = database }))
        {
            var (code, error) = await run.EndAsync(Ct);
            Assert.Equal(Starting.Misconfigured, code);
            Assert.Contains("a copy into this database was begun and not finished", error, StringComparison.Ordinal);
        }
        await FillAsync("other.db", messages: 1);
        var other = await CopyAsync(Sqlite("other.db"), database);
        Assert.Equal(CopyCommand.Failed, other.Code);
        Assert.Contains("Go on with that one", other.Progress, StringComparison.Ordinal);

        var (rest, _, progress) = await CopyAsync(Sqlite("a.db"), database);

        Assert.Equal(CopyCommand.Done, rest);
        Assert.Contains("going on", progress, StringComparison.Ordinal);
        Assert.Equal(2_604L, await PostgresStore.ExecuteAsync(database, "SELECT count(*) FROM \"Events\""));
    }

    [Fact]
    public async Task A_row_that_is_not_the_same_is_found()
    {
        await FillAsync("a.db", messages: 10);
        var database = await postgres.NewDatabaseAsync(Ct);
        // As a fault on the way would: what was copied is changed before it is compared.
        await PostgresStore.PrepareAsync($"{database};Pooling=False");
        await PostgresStore.ExecuteAsync(database,
            """
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW."Body" := NEW."Body" || ' '; RETURN NEW; END $$;
            CREATE TRIGGER spoil BEFORE INSERT ON "Events" FOR EACH ROW WHEN (NEW."Seq" = 5) EXECUTE FUNCTION spoil();
            """);

        var (code, output, progress) = await CopyAsync(Sqlite("a.db"), database);

        Assert.Equal(CopyCommand.Failed, code);
        Assert.Contains("differs", output, StringComparison.Ordinal);
        Assert.Contains("does not have what", progress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_copied_is_said_without_a_password()
    {
        await FillAsync("a.db", messages: 1);
        var database = await postgres.NewDatabaseAsync(Ct);
        Assert.Equal(CopyCommand.Usage, (await CopyAsync(["--from", Sqlite("a.db")])).Code);
        await SaysAsync("same database", Sqlite("a.db"), Sqlite("a.db"));
        await SaysAsync("no such file", Sqlite("none.db"), database);
        await SaysAsync("--to is not a usable", Sqlite("a.db"), "Nonsense=1");
        await SaysAsync("refuses this user or password", Sqlite("a.db"), database + ";Password=verysecret");

        using (var store = new SqliteStore(SubFolder("a.db")))
        using (var log = await store.OpenAsync())
            await SaysAsync("a server uses it", Sqlite("a.db"), database);
        SqliteConnection.ClearAllPools();
        using (var log = PostgresStore.Open(database))
        {
            await log.HeadsAsync(["x"], Ct);
            await SaysAsync("a server uses it", Sqlite("a.db"), database);
        }

        Assert.Equal(CopyCommand.Done, (await CopyAsync(Sqlite("a.db"), database)).Code);
        await SaysAsync("Copy into an empty database", Sqlite("a.db"), database);

        async Task SaysAsync(string what, string from, string to)
        {
            var (code, _, progress) = await CopyAsync(from, to);
            Assert.Equal(CopyCommand.Failed, code);
            Assert.Contains(what, progress, StringComparison.Ordinal);
            Assert.DoesNotContain("verysecret", progress, StringComparison.Ordinal);
        }
    }

    private static Draft Say(string clientId, string body) => new(EventTypes.Message, clientId, body);

    private static Task<(int Code, string Output, string Progress)> CopyAsync(string from, string to) => CopyAsync(["--from", from, "--to", to]);

    private static async Task<(int Code, string Output, string Progress)> CopyAsync(string[] args)
    {
        using StringWriter output = new(), progress = new();
        var code = await CopyCommand.RunAsync(args, output, progress, Ct);
        Output.Write($"{output}{progress}");
        return (code, output.ToString(), progress.ToString());
    }

    private static System.Diagnostics.Process Start(string from, string to, string crashAt)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [ServerBinary.Path, "copy", "--to", to, "--from", from]) { RedirectStandardError = true };
        start.Environment["CHAT_CRASH_AT"] = crashAt;
        return System.Diagnostics.Process.Start(start)!;
    }

    private string SubFolder(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    private string Sqlite(string name) => $"Data Source={Path.Combine(_folder.File(name), "chat.db")}";

    /// <summary>A database with something in most tables; answers with the room that has the messages.</summary>
    private async Task<string> FillAsync(string name, int messages)
    {
        using var store = new SqliteStore(SubFolder(name));
        string room;
        using (var log = await store.OpenAsync())
        {
            room = await log.CreateAsync(RoomKind.Public, "Straße", "a topic", Ann);
            await log.AddMemberAsync(room, Bob, Bob);
            foreach (var chunk in Enumerable.Range(0, messages).Chunk(200))
                await log.AppendAsync(room, Ann, [.. chunk.Select(i => Say($"m{i}", $"text {i}"))]);
            await log.OpenDirectAsync(Ann, Bob);
        }
        var database = ChatDatabase.At(Sqlite(name));
        await using (var accounts = AccountsDb.Migrating(database))
        {
            await database.MigrateAsync(accounts, Ct);
            var now = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_567);
            accounts.Users.Add(new Account { Id = Ann.Id, UserName = "Ann", NormalizedUserName = "ann", Created = now, LockoutEnd = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)) });
            accounts.Users.Add(new Account { Id = Bob.Id, UserName = "Bob", NormalizedUserName = "bob", Kind = UserKind.Guest, Created = now });
            accounts.UserClaims.Add(new IdentityUserClaim<string> { Id = 7, UserId = Ann.Id, ClaimType = "t", ClaimValue = "1" });
            accounts.SignIns.Add(new SignIn { Id = "s", AccountId = Ann.Id, Created = now, Refreshed = now, Expires = now });
            accounts.FailedLogins.Add(new FailedLogin { Name = "ann", Count = 2, Last = now });
            accounts.DataProtectionKeys.Add(new DataProtectionKey { Id = 41, FriendlyName = "key", Xml = "<key a=\"ä\"/>" });
            await accounts.SaveChangesAsync(Ct);
        }
        SqliteConnection.ClearAllPools();
        return room;
    }
}

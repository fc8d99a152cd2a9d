using System.Net.Sockets;
using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Server.Keys;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Server.Transports.Http;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Tests.Hosting;

/// <summary>What keeps the server from starting is one clear sentence with the configuration's key, and exit code 78.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Chat:Limits:SendRate", "many")]
    [InlineData("Chat:TrustedProxies:0", "the balancer")]
    [InlineData("ConnectionStrings:Chat", "Host=127.0.0.1;Port=1;Database=chat;Username=chat;Password=secret")]
    public Task A_wrong_setting_is_named(string key, string value) => RefusesAsync(key, new() { [key] = value });

    [Theory]
    [InlineData("Chat:Limits:SendRate", "0")]
    [InlineData("Chat:Tls:Enabled", "true")] // with an address for http only
    [InlineData("Chat:Tls:Key", "server.key")]
    [InlineData("Chat:Tls:Names:0", "https://chat.example")]
    [InlineData("ConnectionStrings:Chat", "Nonsense=1")]
    [InlineData("ConnectionStrings:Redis", "localhost")] // with SQLite
    [InlineData("ConnectionStrings:Chat", "Data Source=chat.db;Mode=ReadOnly")]
    [InlineData("ConnectionStrings:Chat", "Host=127.0.0.1")]
    [InlineData("Chat:Limits:SendRate", "1000001")]
    [InlineData("Chat:Limits:SendBurst", "-5")]
    [InlineData("Chat:Limits:BodyBytes", "1000000")]
    [InlineData("Chat:Limits:PageSize", "0")]
    [InlineData("Chat:Limits:CatchUp", "0")]
    [InlineData("Chat:Limits:AccountsPerMinute", "0")]
    [InlineData("Chat:Log:BatchSize", "0")]
    [InlineData("Chat:Log:Committers", "65")]
    [InlineData("Chat:Relay:StallTimeout", "00:00:00")]
    [InlineData("Chat:Relay:SweepInterval", "soon")]
    [InlineData("Chat:Relay:PresenceSessions", "-1")]
    [InlineData("Chat:Accounts:AccessTokenLifetime", "00:00:01")]
    [InlineData("Chat:Accounts:Guests", "perhaps")]
    [InlineData("Chat:Server:Name", "\u0007")]
    [InlineData("Chat:Server:Accent", "blue")]
    [InlineData("Chat:Keys:EncryptAfter", "-00:00:01")]
    [InlineData("Chat:Node:Url", "10.0.0.3:8080")]
    [InlineData("Chat:Node:Url", "http://0.0.0.0:8080")]
    [InlineData("Chat:Node:Url", "http://10.0.0.3:8080/chat")]
    public void Every_setting_is_checked_before_anything_starts(string key, string value)
    {
        var refusal = Assert.ThrowsAny<Exception>(() =>
        {
            var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", $"--{key}={value}"]);
            builder.AddHosting();
            builder.AddTls();
            builder.AddLimits();
            builder.AddAccounts();
            builder.AddKeys();
            builder.AddLog();
            builder.AddRelay();
            builder.AddServerInfo();
            builder.AddCluster();
            var app = builder.Build();
            app.PrepareTls();
            app.Services.GetRequiredService<IStartupValidator>().Validate();
        });

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("chat.db"), new string('x', 10_000), Ct);
        await RefusesAsync("the file is not a database");
    }

    [Fact]
    public async Task A_damaged_database_is_named()
    {
        await CreateAsync();
        var bytes = await File.ReadAllBytesAsync(_folder.File("chat.db"), Ct);
        Array.Fill(bytes, (byte)0xff, 100, bytes.Length - 100);
        await File.WriteAllBytesAsync(_folder.File("chat.db"), bytes, Ct);
        await RefusesAsync("the database file is damaged");
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_named()
    {
        Directory.CreateDirectory(_folder.File("chat.db"));
        await RefusesAsync("the database file cannot be opened");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "", Ct);
        await RefusesAsync("/file", new() { ["ConnectionStrings:Chat"] = $"Data Source={_folder.File("file/data/chat.db")}" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_that_cannot_be_written_is_named(bool exists)
    {
        Assert.SkipUnless(ServerRun.CanMount, "needs root and unshare");
        if (exists)
            await CreateAsync();
        await RefusesAsync(
            exists ? "the database is read-only" : "cannot be opened", before: $"mount --bind '{_folder.Path}' '{_folder.Path}' && mount -o remount,ro,bind '{_folder.Path}'");
    }

    [Fact]
    [TimeLimit(120)]
    public async Task A_database_that_another_process_holds_is_named()
    {
        await CreateAsync();
        await using var other = new SqliteConnection($"Data Source={_folder.File("chat.db")};Pooling=False");
        await other.OpenAsync(Ct);
        await using var command = other.CreateCommand();
        command.CommandText = "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE Probe SET At = 1; COMMIT;";
        await command.ExecuteNonQueryAsync(Ct);
        await RefusesAsync("the database is locked by another process");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_way_out()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var run = new ServerRun(_folder.Path, TestSettings.For(_folder, new Dictionary<string, string> { ["Kestrel:Endpoints:Http:Url"] = $"http://{taken.LocalEndpoint}" }));
        var (code, error) = await run.EndAsync(Ct);
        Assert.Equal(Starting.Misconfigured, code);
        Assert.Contains("--urls", error, StringComparison.Ordinal);
    }

    [Fact]
    [TimeLimit(120)]
    public async Task Killed_in_the_middle_of_its_first_start_it_starts_again()
    {
        var random = new Random(Seed.Choose());
        for (var round = 0; round < LongForm.Of(2, instead: 8); round++)
        {
            using var folder = new TemporaryFolder();
            await using (var killed = new ServerRun(folder.Path, TestSettings.For(folder)))
            {
                await Eventually.TrueAsync(() => File.Exists(folder.File("chat.db")), TimeSpan.FromSeconds(30), Ct);
                // The moment of the kill is what is tried out here.
                await Task.Delay(random.Next(500), Ct);
                killed.Kill();
                await killed.EndAsync(Ct);
            }
            await using var run = new ServerRun(folder.Path, TestSettings.For(folder));
            await run.ReadyAsync(Ct);
        }
    }

    [Fact]
    public async Task A_migration_lock_that_a_killed_server_left_does_not_stop_the_next_one()
    {
        using (var connection = new SqliteConnection($"Data Source={_folder.File("chat.db")};Pooling=False"))
        {
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await command.ExecuteNonQueryAsync(Ct);
        }
        await using var run = new ServerRun(_folder.Path, TestSettings.For(_folder));
        await run.ReadyAsync(Ct);
    }

    /// <summary>An empty database of ours, with everything in the file itself.</summary>
    private async Task CreateAsync()
    {
        using var store = new SqliteStore(_folder.Path);
        (await store.OpenAsync()).Dispose();
        using var connection = store.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE;";
        store.ClosePool();
        command.ExecuteNonQuery();
    }

    private async Task RefusesAsync(string because, Dictionary<string, string>? settings = null, string? before = null)
    {
        await using var run = new ServerRun(_folder.Path, TestSettings.For(_folder, settings), before);
        var (code, error) = await run.EndAsync(Ct);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Contains(settings?.Keys.Single() ?? "ConnectionStrings:Chat", error, StringComparison.Ordinal);
        Assert.StartsWith("Chat cannot start: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        Assert.Equal(Starting.Misconfigured, code);
    }
}

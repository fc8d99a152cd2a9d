using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>
/// The accounts part of the server on a real port, with a clock that the test moves, what it logs, and a few endpoints that stand
/// where the hub and the event streams will.
/// </summary>
public sealed class AccountServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-accounts-").FullName;
    private WebApplication? _app;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public CapturedLogs Logs { get; } = new();

    public CountingHasher Hasher { get; } = new();

    public Dictionary<string, string?> Settings { get; } = new()
    {
        ["Chat:Limits:AccountsPerMinute"] = "1000",
        ["Chat:Limits:RefusalDelay"] = "00:00:00", // by a clock that stands still it would never be over
    };

    /// <summary>Rounds of new hashes; null for the server's own number, which is slow.</summary>
    public int? Rounds { get; init; } = CountingHasher.Rounds;

    /// <summary>Awaited when a new name has been found free and is about to be saved.</summary>
    public Func<Task> BeforeSaving { get; set; } = () => Task.CompletedTask;

    public string DatabaseFile => Path.Combine(_folder, "inner", "chat.db");

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public static async Task<AccountServer> StartAsync(params (string Key, string Value)[] settings)
    {
        var server = new AccountServer();
        foreach (var (key, value) in settings) server.Settings[key] = value;
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Configuration["ConnectionStrings:Chat"] = $"Data Source={DatabaseFile}";
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddProvider(Logs);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IPasswordHasher<Account>>(Hasher);
        builder.Services.AddSingleton(ChatDatabase.From(builder.Configuration));
        builder.AddLimits().AddProblems().AddAccounts();
        if (Rounds is { } rounds)
            builder.Services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = rounds);
        builder.Services.AddScoped<IUserValidator<Account>>(_ => new Meeting(this));
        _app = builder.Build();
        await _app.PrepareDatabaseAsync();
        await _app.MigrateAccountsAsync(TestContext.Current.CancellationToken);
        _app.UseProblems();
        _app.UseRouting();
        _app.UseAccounts();
        _app.MapAccounts();
        string[] paths = ["/hubs/chat", "/hubs/chat/negotiate", "/api/rooms", "/api/rooms/{id}/events", "/api/rooms/{id}/events/stream"];
        foreach (var path in paths)
        {
            _app.Map(path, (HttpContext context) => context.User.ToUser()).RequireAuthorization();
        }
        _app.Map("/fault", string (int kind) => throw (kind switch
        {
            1 => new SqliteException("secret table", 13),
            _ => new InvalidOperationException("secret detail"),
        }));
        await _app.StartAsync(TestContext.Current.CancellationToken);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };
    }

    /// <summary>Stops, and starts again on the same database.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await InitializeAsync();
    }

    /// <summary>A client that connects from another address of this machine.</summary>
    public HttpClient From(string address) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = Http.BaseAddress };

    public async Task<HttpResponseMessage> PostAsync(
        string path, object? body = null, string? token = null, string? cookie = null, string? origin = null)
    {
        using var request = Request(HttpMethod.Post, path, token, cookie);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null, string? cookie = null)
    {
        using var request = Request(HttpMethod.Get, path, token, cookie);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<Session> SessionAsync(string path, object body)
    {
        using var answer = await PostAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await answer.ReadAsync<Session>();
    }

    public Task<Session> GuestAsync(string name) => SessionAsync("/api/account/guest", new { name });

    public Task<Session> RegisterAsync(string name, string password) => SessionAsync("/api/account/register", new { name, password });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Logs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        Http?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    private sealed class Meeting(AccountServer server) : IUserValidator<Account>
    {
        public async Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user)
        {
            await server.BeforeSaving();
            return IdentityResult.Success;
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? token, string? cookie)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return request;
    }
}

/// <summary>What a refusal says.</summary>
public sealed record Refusal(int Status, string Code, string? Detail);

public static class Answers
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<T>(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ChatJson.Options)!;

    /// <summary>The answer must be a problem document with this status and code; returns its text.</summary>
    public static async Task<string?> RefusesAsync(this HttpResponseMessage answer, int status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var refusal = await answer.ReadAsync<Refusal>();
        Assert.Equal(status, refusal.Status);
        Assert.Equal(code, refusal.Code);
        return refusal.Detail;
    }

    /// <summary>The cookie of a signed-in answer, as a request sends it.</summary>
    public static string Cookie(this HttpResponseMessage answer) =>
        Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
}

/// <summary>Few rounds, and counts how often it had to work.</summary>
public sealed class CountingHasher()
    : PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }))
{
    public const int Rounds = 1000;

    private int _verified;

    /// <summary>Runs before each check of a password, on its thread.</summary>
    public Action<string> BeforeVerifying { get; set; } = _ => { };

    public int Verified => Volatile.Read(ref _verified);

    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _verified);
        BeforeVerifying(providedPassword);
        return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}

/// <summary>Every line that was logged.</summary>
[ProviderAlias("Captured")]
public sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
        }
    }
}

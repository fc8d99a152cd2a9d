using System.Collections.Concurrent;
using System.Net;
using Chat.Client;
using Chat.Contracts;
using Chat.Server.Hosting.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Support;

/// <summary>A request as the server saw it.</summary>
public sealed record RecordedRequest(string Protocol, string Method, string Path);

/// <summary>The real server with TLS, in the test's process, by default with a certificate of its own making; for all tests of a class.</summary>
public sealed class TlsServer : IAsyncDisposable
{
    private readonly Recorder _recorder = new();

    /// <summary>With a certificate that it makes.</summary>
    public TlsServer()
        : this(new Dictionary<string, string>())
    {
    }

    internal TlsServer(IReadOnlyDictionary<string, string> settings, TimeProvider? time = null)
    {
        Folder = new TemporaryFolder();
        var all = new Dictionary<string, string>(settings)
        {
            ["urls"] = "https://127.0.0.1:0",
            ["Chat:Tls:Enabled"] = "true",
            ["Chat:Tls:Folder"] = Folder.File("tls"),
        };
        Server = new ChatServer(all, time, services: services => services.AddSingleton<IStartupFilter>(_recorder));
    }

    /// <summary>Where it keeps what it made.</summary>
    public TemporaryFolder Folder { get; }

    /// <summary>The server.</summary>
    public ChatServer Server { get; }

    /// <summary>Where it listens.</summary>
    public Uri Uri => Server.Uri;

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _recorder.Seen];

    /// <summary>What it shows.</summary>
    internal ServerCertificate Certificate => Server.Services.GetRequiredService<ServerCertificate>();

    /// <summary>Trusts it by the fingerprint that it printed.</summary>
    public CertificateTrust Trust => new() { Pin = Certificate.Current.Pin };

    /// <summary>A client that trusts it. The caller disposes it.</summary>
    public HttpClient Http(Version? version = null) => new(Trust.NewHandler(Uri))
    {
        BaseAddress = Uri,
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>A new guest.</summary>
    public async Task<Person> SignUpAsync(CancellationToken ct)
    {
        using var accounts = new AccountClient(Uri, trust: Trust);
        var session = await accounts.GuestAsync($"guest-{Guid.NewGuid():n}"[..20], ct);
        return new Person(Uri, session.User, session.AccessToken!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }

    private sealed class Recorder : IStartupFilter
    {
        public ConcurrentQueue<RecordedRequest> Seen { get; } = new();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                Seen.Enqueue(new RecordedRequest(context.Request.Protocol, context.Request.Method, context.Request.Path));
                return rest(context);
            });
            next(app);
        };
    }
}

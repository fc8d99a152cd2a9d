using Chat.Server.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Support;

/// <summary>
/// The real server in the test's own process, on a loopback port that the system chose. Quick to start, and its clock can be the test's.
/// Everything that <c>Program.cs</c> does is done.
/// </summary>
public sealed class ChatServer : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly Host _host;

    /// <summary>Starts it.</summary>
    /// <param name="settings">Configuration keys with <c>:</c>; they win over <see cref="TestSettings"/>. <c>urls</c> too, with port 0.</param>
    /// <param name="time">The server's clock; the system's if null.</param>
    /// <param name="services">Replaces parts, after the server has registered its own.</param>
    public ChatServer(
        IReadOnlyDictionary<string, string>? settings = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        _host = new Host(TestSettings.For(_data, settings), Log, collection =>
        {
            if (time is not null)
            {
                collection.AddSingleton(time);
                // A clock that jumps would make every hub client count as silent for too long.
                collection.PostConfigureAll<HubOptions>(hub => hub.ClientTimeoutInterval = TimeSpan.FromDays(1_000));
            }
            services?.Invoke(collection);
        });
        if (settings?.ContainsKey("urls") is true)
            _host.UseKestrel();
        else
            _host.UseKestrel(0);
        _host.StartServer();
        var addresses = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Uri = new Uri(addresses.Single().Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
    }

    /// <summary>Where it listens.</summary>
    public Uri Uri { get; }

    /// <summary>The server's own parts.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>What it logged so far.</summary>
    public CapturedLog Log { get; } = new();

    /// <summary>The folder with its database.</summary>
    public TemporaryFolder Data => _data;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Output.Write(Log.Tail());
        _data.Dispose();
    }

    private sealed class Host(Dictionary<string, string> settings, CapturedLog log, Action<IServiceCollection> services)
        : WebApplicationFactory<ChatDatabase> // any type of the server tells its assembly
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (key, value) in settings)
                builder.UseSetting(key, value);
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(log));
            builder.ConfigureTestServices(services);
        }
    }
}

using Chat.Server.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Chat.Tests.Hosting;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:5000", true)]
    [InlineData("chat.localhost", true)]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("192.168.1.7", true)] // no name at all: nobody can rebind it
    [InlineData("chat.example", true)] // a configured origin
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("chat.example.evil.example", false)]
    [InlineData("", true)] // HTTP/1.0
    public void On_loopback_only_the_server_answers_to_loopback_names_addresses_and_its_origins(string host,
        bool answered)
    {
        var names = Names(["http://localhost:5000", "http://[::1]:5000"],
            ("Chat:Accounts:Origins:0", "https://chat.example"));

        Assert.Equal(answered, names.Allow(new HostString(host)));
        Assert.False(names.IsUnrestricted);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://10.0.0.7:8080")]
    [InlineData("http://unix:/run/chat.sock")]
    public void Elsewhere_it_answers_to_any_name_and_knows_that_nobody_has_said_so(string address)
    {
        var names = Names(["http://127.0.0.1:5000", address]);

        Assert.True(names.Allow(new HostString("anything.example")));
        Assert.True(names.IsUnrestricted);
    }

    [Theory]
    [InlineData("chat.example", true)]
    [InlineData("a.inside.example:8080", true)]
    [InlineData("page.example", true)] // a configured origin
    [InlineData("inside.example", false)]
    [InlineData("localhost", false)]
    [InlineData("10.0.0.7", false)]
    public void What_is_configured_counts_wherever_it_listens(string host, bool answered)
    {
        var names = Names(["http://0.0.0.0:8080"], ("AllowedHosts", "chat.example; *.inside.example"),
            ("Chat:Accounts:Origins:0", "https://page.example"));

        Assert.Equal(answered, names.Allow(new HostString(host)));
    }

    [Fact]
    public void A_star_is_any_name_and_no_reason_to_warn()
    {
        var names = Names(["http://0.0.0.0:8080"], ("AllowedHosts", "*"));

        Assert.True(names.Allow(new HostString("anything.example")));
        Assert.False(names.IsUnrestricted);
    }

    private static HostNames Names(string[] listening, params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(),
        new Listening(listening), new Started());

    private sealed class Listening : IServer
    {
        public Listening(string[] addresses)
        {
            var feature = new ServerAddressesFeature();
            foreach (var address in addresses)
                feature.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(feature);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private sealed class Started : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}

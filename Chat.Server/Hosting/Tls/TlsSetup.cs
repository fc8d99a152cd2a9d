using System.Net.Quic;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Chat.Server.Hosting.Tls;

/// <summary>https by the server itself, where <c>--tls</c> or <c>Chat:Tls</c> asks for it. Without it there is nothing of all this.</summary>
public static class TlsSetup
{
    /// <summary>Where it listens if nobody says otherwise.</summary>
    public const string DefaultUrl = "https://localhost:5001";

    /// <summary>The command line with <c>--tls</c> written out, since a configuration key cannot stand without a value.</summary>
    public static string[] Expand(string[] args) => [.. args.Select(arg => arg == TlsOptions.Switch ? $"--{TlsOptions.Section}:{nameof(TlsOptions.Enabled)}=true" : arg)];

    /// <summary>A certificate, TLS 1.2 and newer, HTTP/1.1 to HTTP/3, HSTS.</summary>
    /// <exception cref="StartException">The certificate or the addresses cannot be used.</exception>
    public static void AddTls(this WebApplicationBuilder builder)
    {
        var options = TlsOptions.From(builder.Configuration);
        if (!options.IsOn)
            return;
        ListenSecurely(builder);
        builder.Services.AddSingleton(options);
        // By the machine's own clock: clients judge a certificate by theirs.
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ServerCertificate>(provider, TimeProvider.System));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ServerCertificate>());
        if (options.IsGiven)
        {
            builder.Services.Configure<HstsOptions>(hsts => hsts.MaxAge = TimeSpan.FromDays(options.HstsDays));
            builder.Services.AddSingleton<IStartupFilter, HstsFirst>();
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            var server = kestrel.ApplicationServices.GetRequiredService<IServer>;
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ServerCertificateSelector = (_, _) => certificate.Current.Leaf;
                https.OnAuthenticate = (_, ssl) => (ssl.ServerCertificateContext, ssl.ServerCertificateSelectionCallback) = (certificate.Current.Context, null);
            });
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                if (QuicListener.IsSupported)
                    endpoint.Protocols = HttpProtocols.Http1AndHttp2AndHttp3;
                endpoint.Use(next => new PlainHttp(next, server()).OnConnectionAsync);
            });
            if (!QuicListener.IsSupported)
                kestrel.ApplicationServices.GetRequiredService<ILogger<ServerCertificate>>().NoQuic();
        });
    }

    /// <summary>Reads or makes the certificate; what is wrong with it is said before anybody connects.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static void PrepareTls(this WebApplication app) => app.Services.GetService<ServerCertificate>();

    private static void ListenSecurely(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() || !string.IsNullOrEmpty(configuration["https_ports"]))
            return;
        var urls = configuration["urls"];
        if (string.IsNullOrEmpty(urls) && string.IsNullOrEmpty(configuration["http_ports"]))
            builder.WebHost.UseUrls(DefaultUrl);
        else if (urls?.Contains("https://", StringComparison.OrdinalIgnoreCase) is not true)
            throw new StartException($"{TlsOptions.Section}:{nameof(TlsOptions.Enabled)} ({TlsOptions.Switch}) needs an address for https: say --urls https://HOST:PORT (an http:// address beside it only sends visitors there).");
    }

    /// <summary>
    /// This runs before routing, because the page's files bypass routing. The framework leaves out localhost, which
    /// people use for other things too. The server sends no HSTS with a certificate that it made itself. If its folder
    /// is lost, browsers with such a note would let nobody in who has not trusted the next certificate yet.
    /// </summary>
    private sealed class HstsFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseHsts();
            next(app);
        };
    }
}

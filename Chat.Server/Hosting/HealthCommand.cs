using System.Net.Sockets;
using Chat.Server.Hosting.Tls;
using Microsoft.AspNetCore.Http;

namespace Chat.Server.Hosting;

/// <summary>
/// <c>Chat.Server health [URL]</c>: asks a running server whether it is ready, prints what it answers, and says it by the exit code. For
/// images that hold neither a shell nor curl.
/// </summary>
public static class HealthCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "health";

    /// <summary>Ready, degraded too: it stores and delivers.</summary>
    private const int Ready = 0;

    /// <summary>It does not answer, or not within ten seconds, or it is not ready.</summary>
    private const int NotReady = 1;

    /// <summary><c>EX_USAGE</c> of sysexits.h.</summary>
    private const int Misused = 64;

    /// <param name="args">A server's address; none: where a server with this environment listens on this machine.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var environment = Environment();
        var server = args is [] ? Own(environment) : Parse(args);
        if (server is null)
        {
            Console.Error.WriteLine($"usage: Chat.Server {Name} [http://HOST:PORT | https://HOST:PORT]");
            return Misused;
        }
        // Whatever proxy is set in the environment is for the world outside.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = OwnCertificate.Check(environment) } }) { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var answer = await http.GetAsync(new Uri(server, "/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? Ready : NotReady;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            Console.Error.WriteLine($"{server} does not answer: {e.InnerException?.Message ?? e.Message}");
            return NotReady;
        }
    }

    /// <summary>Where a server with these settings listens, as this machine reaches it; the one without TLS if there is one, and the server has none of its own.</summary>
    internal static Uri Own(IConfiguration environment)
    {
        var tls = environment.GetSection(TlsOptions.Section).Get<TlsOptions>()?.IsOn is true;
        var urls = Split(environment["urls"]);
        if (urls is []) urls = [.. Split(environment["http_ports"]).Select(port => $"http://localhost:{port}")];
        if (urls is []) urls = [tls ? TlsSetup.DefaultUrl : "http://localhost:5000"];
        var addresses = urls.Select(BindingAddress.Parse).ToList();
        var chosen = addresses.Find(a => a.Scheme == Uri.UriSchemeHttps == tls) ?? addresses[0];
        var host = chosen.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : chosen.Host;
        return new Uri($"{chosen.Scheme}://{host}:{chosen.Port}");
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static Uri? Parse(string[] args) =>
        args is [var text] && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static IConfigurationRoot Environment() =>
        new ConfigurationBuilder().AddEnvironmentVariables().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").Build();
}

using System.Net;
using Chat.Server.Accounts;

namespace Chat.Server.Hosting;

/// <summary>Reads from the configuration on which addresses the web server listens.</summary>
internal static class ListeningAddresses
{
    /// <summary>
    /// Whether only programs of this machine can reach it and nothing in the configuration speaks of people elsewhere:
    /// behind a proxy a server listens on loopback, too. That proxy has to be trusted, or the server has to know its
    /// public name.
    /// </summary>
    public static bool AreForThisMachineOnly(IConfiguration configuration) =>
        AreLoopbackOnly(configuration)
        && List(configuration, TrustedProxies.Key) is []
        && Split(configuration[HostNames.Key]).All(IsLoopbackName)
        && List(configuration, $"{AccountOptions.Section}:{nameof(AccountOptions.Origins)}")
            .All(origin => Origin.Parse(origin) is { } parsed && IsLoopbackName(parsed.Host));

    /// <summary>
    /// Whether only programs of this machine can reach the server, before it listens. Considers <c>urls</c>, the ports
    /// of <c>http_ports</c> and <c>https_ports</c>, and <c>Kestrel:Endpoints</c>. With none of these the server listens
    /// on localhost.
    /// </summary>
    private static bool AreLoopbackOnly(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).ToList();
        var urls = endpoints.Count > 0 ? endpoints : [.. Split(configuration["urls"])];
        if (urls.Count > 0)
            return urls.All(IsLoopback);
        // A port without an address listens on all addresses.
        return Split(configuration["http_ports"]).Length == 0 && Split(configuration["https_ports"]).Length == 0;
    }

    /// <summary>
    /// Whether only programs of this machine reach this address. Behind a Unix socket there is usually a proxy that
    /// everybody reaches.
    /// </summary>
    public static bool IsLoopback(string? url)
    {
        try
        {
            var address = BindingAddress.Parse(url ?? "");
            return !address.IsUnixPipe && !address.IsNamedPipe && IsLoopbackHost(address.Host);
        }
        catch (FormatException)
        {
            return false; // the web server says what is wrong with it
        }
    }

    private static bool IsLoopbackName(string name) =>
        IsLoopbackHost(name) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static string[] List(IConfiguration configuration, string key) =>
        configuration.GetSection(key).Get<string[]>() ?? [];

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

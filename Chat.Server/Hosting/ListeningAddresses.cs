using System.Net;

namespace Chat.Server.Hosting;

/// <summary>Reads from the configuration on which addresses the web server listens.</summary>
internal static class ListeningAddresses
{
    /// <summary>
    /// Whether only programs of this machine can reach the server, before it listens. Considers <c>urls</c>, the ports
    /// of <c>http_ports</c> and <c>https_ports</c>, and <c>Kestrel:Endpoints</c>. With none of these the server listens
    /// on localhost.
    /// </summary>
    public static bool AreLoopbackOnly(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).ToList();
        var urls = endpoints.Count > 0 ? endpoints : [.. Split(configuration["urls"])];
        if (urls.Count > 0)
            return urls.All(IsLoopback);
        // A port without an address listens on all addresses.
        return Split(configuration["http_ports"]).Length == 0 && Split(configuration["https_ports"]).Length == 0;
    }

    private static bool IsLoopback(string? url)
    {
        try
        {
            var address = BindingAddress.Parse(url ?? "");
            return address.IsUnixPipe || address.IsNamedPipe
                || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        }
        catch (FormatException)
        {
            return false; // the web server says what is wrong with it
        }
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

using System.Net;

namespace Chat.Server.Hosting;

/// <summary>Where the configuration lets the web server listen.</summary>
internal static class ListeningAddresses
{
    /// <summary>
    /// Whether only programs of this machine can reach it, before there is a server to ask: <c>urls</c>, the ports of
    /// <c>http_ports</c> and <c>https_ports</c>, and <c>Kestrel:Endpoints</c>. With none of these the server listens on
    /// localhost.
    /// </summary>
    public static bool AreLoopbackOnly(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).ToList();
        var urls = endpoints.Count > 0 ? endpoints : [.. Split(configuration["urls"])];
        if (urls.Count > 0)
            return urls.All(IsLoopback);
        // A port without an address is one of all addresses.
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

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Chat.Server.Cluster;

/// <summary>Finds where the other nodes reach this one when nobody has said it.</summary>
internal static class OwnAddress
{
    /// <summary>
    /// From the addresses that the server listens on. One that stands for all of the machine's becomes the machine's own; plain HTTP goes before
    /// HTTPS, whose certificate is seldom made for an address, unless that is the server's own business. Null if there is none that others could use.
    /// </summary>
    public static Uri? Find(IEnumerable<string> listening, bool tls) => listening
        .Select(BindingAddress.Parse)
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe)
        .OrderBy(address => address.Scheme == Uri.UriSchemeHttps == tls ? 0 : 1)
        .Select(address => Parse($"{address.Scheme}://{(IsAny(address.Host) ? Machine() : address.Host)}:{address.Port}"))
        .FirstOrDefault(address => address is not null);

    /// <summary>Null where the text is not an address that a node can be reached at: scheme, host and port.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { PathAndQuery: "/", Fragment: "", UserInfo: "" } && !IsAny(uri.Host)
            ? uri
            : null;

    private static bool IsAny(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    /// <summary>The first IPv4 address of the network that leads out of the machine, or else of any; loopback if it has none.</summary>
    private static IPAddress Machine() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .Select(network => network.GetIPProperties())
        .OrderBy(network => network.GatewayAddresses.Count > 0 ? 0 : 1)
        .SelectMany(network => network.UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
}

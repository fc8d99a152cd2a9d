using System.Net;
using System.Net.Sockets;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>The addresses of the name.</summary>
internal sealed class NameCheck : Check
{
    public override string Title => "name";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var host = way.Server.DnsSafeHost;
        if (IPAddress.TryParse(host, out _))
            return [Ok($"{host} is an address")];
        try
        {
            var addresses = await way.WithinAsync(token => Dns.GetHostAddressesAsync(host, token), ct);
            return [Ok($"{host} is {string.Join(", ", addresses.Select(a => a.ToString()).Distinct())}")];
        }
        catch (SocketException e)
        {
            return [way.Proxy is null ? Fail($"{host}: {e.Message}", Faults.NameUnknown) : Skipped($"{host} is not known here; the proxy has to know it")];
        }
    }
}

using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Server.Hosting.Tls;

/// <summary>Under which names people reach this machine.</summary>
internal sealed record CertificateNames(IReadOnlyList<string> Hosts, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>Networks of which everybody has their own: who vouches for an address in there vouches for nobody in the world.</summary>
    private static readonly IPNetwork[] s_private =
        [.. new[] { "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7" }.Select(text => IPNetwork.Parse(text))];

    /// <summary>The loopback's, the machine's own, and what the configuration adds.</summary>
    public static CertificateNames Find(TlsOptions options)
    {
        string[] all = ["localhost", Environment.MachineName, .. options.Names];
        var hosts = all.Where(name => Uri.CheckHostName(name) == UriHostNameType.Dns).Select(name => new IdnMapping().GetAscii(name).ToLowerInvariant());
        IPAddress[] addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback, .. Machine(), .. all.Select(name => IPAddress.TryParse(name, out var a) ? a : null).OfType<IPAddress>()];
        return new CertificateNames([.. hosts.Distinct()], [.. addresses.Distinct()]);
    }

    /// <summary>Whether a certificate was made for all of them.</summary>
    public bool AreIn(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault();
        return names is not null && !Hosts.Except(names.EnumerateDnsNames()).Any() && !Addresses.Except(names.EnumerateIPAddresses()).Any();
    }

    public X509Extension AlternativeNames()
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in Hosts)
            names.AddDnsName(host);
        foreach (var address in Addresses)
            names.AddIpAddress(address);
        return names.Build();
    }

    /// <summary>
    /// Lets an authority vouch for these names and for private addresses only (RFC 5280, 4.2.1.10): whoever steals its key cannot pretend to be a bank
    /// to those who trust it.
    /// </summary>
    public X509Extension Constraints()
    {
        var asn = new AsnWriter(AsnEncodingRules.DER);
        using (asn.PushSequence())
        using (asn.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var host in Hosts)
            {
                using (asn.PushSequence())
                    asn.WriteCharacterString(UniversalTagNumber.IA5String, host, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
            var single = Addresses.Where(a => !s_private.Any(network => network.Contains(a))).Select(a => new IPNetwork(a, a.GetAddressBytes().Length * 8));
            foreach (var network in s_private.Concat(single))
            {
                using (asn.PushSequence())
                    asn.WriteOctetString([.. network.BaseAddress.GetAddressBytes(), .. Mask(network)], new Asn1Tag(TagClass.ContextSpecific, 7));
            }
        }
        return new X509Extension("2.5.29.30", asn.Encode(), critical: true);
    }

    private static IEnumerable<byte> Mask(IPNetwork network) => Enumerable.Range(0, network.BaseAddress.GetAddressBytes().Length)
        .Select(at => Math.Clamp(network.PrefixLength - (8 * at), 0, 8)).Select(bits => (byte)(0xff << (8 - bits)));

    private static IEnumerable<IPAddress> Machine() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork || !address.IsIPv6LinkLocal);
}

using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Who vouches for the server: protocol, chain, names, expiry, and whether somebody opens the connection on the way.</summary>
internal sealed class TlsCheck : Check
{
    private const int SoonDays = 14;

    // Products that open TLS on the way sign with a certificate that names them.
    private static readonly string[] s_interceptors =
    [
        "Zscaler", "Netskope", "Fortinet", "FortiGate", "Palo Alto", "Sophos", "Blue Coat", "Symantec Web Security", "Forcepoint", "Websense", "Barracuda",
        "Check Point", "Cisco Umbrella", "SonicWall", "WatchGuard", "Untangle", "Smoothwall", "Lightspeed", "GoGuardian", "Kaspersky", "ESET SSL Filter",
        "Bitdefender", "Avast", "AVG", "Dr.Web", "mitmproxy", "Charles Proxy", "Fiddler", "PortSwigger", "Burp", "Squid", "pfSense", "OPNsense",
    ];

    public override string Title => "TLS";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        if (way.Server.Scheme != Uri.UriSchemeHttps)
            return [way.Server.IsLoopback ? Ok("none, and none is needed on this machine") : Warn("none: everybody on the way can read everything")];
        Seen? seen = null;
        SslStream? stream = null;
        using var handler = way.NewHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            seen = new Seen(X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData()), chain, errors);
            try
            {
                return way.Options.Trust.Check(way.Server.Host)(sender, certificate, chain, errors);
            }
            catch (ChatException refusal)
            {
                seen.Refusal = refusal.Message.Split('\n')[0].TrimEnd('.');
                return false;
            }
        };
        handler.PlaintextStreamFilter = (context, _) =>
        {
            stream = context.PlaintextStream as SslStream;
            return ValueTask.FromResult(context.PlaintextStream);
        };
        using var http = way.NewClient(handler);
        try
        {
            using var answer = await way.WithinAsync(token => http.GetAsync(new Uri("health/live", UriKind.Relative), token), ct);
        }
        catch (HttpRequestException e) when (seen is null)
        {
            return [Fail(e.InnerException is AuthenticationException or IOException ? $"no TLS at {way.Server.Authority}: {e.InnerException.Message}" : e.Message, Faults.TlsFailed)];
        }
        catch (HttpRequestException) when (seen?.Refusal is not null)
        {
            // The certificate says why.
        }
        return [Judge(way.Server.DnsSafeHost, seen!, stream, way.Options.Trust is { Pin: not null } or { Authorities.Count: > 0 })];
    }

    private Finding Judge(string host, Seen seen, SslStream? stream, bool othersAreExpected)
    {
        var (certificate, now) = (seen.Certificate, DateTime.Now);
        var issuer = Name(certificate.IssuerName);
        if (seen.Refusal is null)
        {
            var days = (certificate.NotAfter - now).TotalDays;
            var text = string.Create(CultureInfo.InvariantCulture, $"{Protocol(stream)}{Name(certificate.SubjectName)} by {issuer}, valid {days:0} days more");
            if (seen.Issuers.Append(certificate.Issuer).FirstOrDefault(Intercepts) is { } by)
                return Warn($"opened on the way: the certificate is signed by {by}, which this machine was told to trust", Faults.Intercepted);
            return days < SoonDays ? Warn(text, Faults.Expired) : Ok(text);
        }
        if (now < certificate.NotBefore || now > certificate.NotAfter)
            return Fail(string.Create(CultureInfo.InvariantCulture, $"the certificate is valid from {certificate.NotBefore:yyyy-MM-dd HH:mm} to {certificate.NotAfter:yyyy-MM-dd HH:mm} only"), Faults.Expired);
        if (seen.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return Fail($"the certificate is for {string.Join(", ", Names(certificate).DefaultIfEmpty(Name(certificate.SubjectName)))}, not for {host}", Faults.WrongName);
        if (othersAreExpected)
            return Fail(seen.Refusal, Faults.Intercepted);
        if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            return Fail($"the certificate of {Name(certificate.SubjectName)} is signed by itself", Faults.SelfSigned);
        return Fail($"the certificate is signed by {issuer}, which this machine does not trust: a CA of the operator's own, or somebody who opens the connection on the way", Faults.Intercepted);
    }

    private static bool Intercepts(string issuer) => s_interceptors.Any(name => issuer.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static string Protocol(SslStream? stream) => stream?.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3, ",
        SslProtocols.Tls12 => "TLS 1.2, ",
        null => "",
        var other => $"{other}, ",
    };

    private static string Name(X500DistinguishedName name) =>
        name.EnumerateRelativeDistinguishedNames().Where(n => !n.HasMultipleElements).FirstOrDefault(n => n.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue() ?? name.Name;

    private static IEnumerable<string> Names(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(san => san.EnumerateDnsNames().Concat(san.EnumerateIPAddresses().Select(a => a.ToString())));

    /// <summary>Copied while the handshake holds it: the chain is gone afterwards.</summary>
    private sealed class Seen(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        public X509Certificate2 Certificate => certificate;

        public SslPolicyErrors Errors => errors;

        /// <summary>Why it is not trusted; null if it is.</summary>
        public string? Refusal { get; set; }

        public IReadOnlyList<string> Issuers { get; } = [.. chain?.ChainElements.Select(e => e.Certificate.Issuer) ?? []];
    }
}

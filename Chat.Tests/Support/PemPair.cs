using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Tests.Support;

/// <summary>A self-signed certificate and its key in PEM, as somebody else's tool writes them.</summary>
public sealed record PemPair(string Certificate, string Key)
{
    /// <summary>Makes one, by default for this machine and this year.</summary>
    public static PemPair Make(string name = "localhost", TimeSpan? begins = null, TimeSpan? ends = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
            names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now + (begins ?? TimeSpan.FromDays(-1)), now + (ends ?? TimeSpan.FromDays(365)));
        return new PemPair(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Writes both into one file, <c>pem</c>, of a folder, as every proxy reads it; its path.</summary>
    public string WriteInto(string folder)
    {
        var path = Path.Combine(folder, "pem");
        File.WriteAllText(path, $"{Certificate}\n{Key}\n");
        return path;
    }

    /// <summary>Writes both into a folder.</summary>
    public PemPair WriteTo(TemporaryFolder folder, string name = "server")
    {
        File.WriteAllText(folder.File($"{name}.pem"), Certificate);
        File.WriteAllText(folder.File($"{name}.key"), Key);
        return this;
    }
}

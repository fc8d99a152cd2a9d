using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Chat.Contracts;

namespace Chat.Server.Hosting.Tls;

/// <summary>A certificate with its key, ready to be shown to clients.</summary>
internal sealed class ShownCertificate
{
    /// <param name="leaf">With its private key.</param>
    /// <param name="issuers">What is between it and a root, to be sent along.</param>
    public ShownCertificate(X509Certificate2 leaf, X509Certificate2Collection issuers)
    {
        Leaf = OperatingSystem.IsWindows() ? Stored(leaf) : leaf;
        Context = SslStreamCertificateContext.Create(Leaf, issuers, offline: true);
        Pin = Fingerprint.OfKey(leaf);
    }

    public X509Certificate2 Leaf { get; }

    /// <summary>The leaf, and what is sent along.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The fingerprint of its key.</summary>
    public string Pin { get; }

    public DateTimeOffset Begins => Leaf.NotBefore;

    public DateTimeOffset Ends => Leaf.NotAfter;

    /// <summary>Windows does not take a key for TLS that is only in memory.</summary>
    private static X509Certificate2 Stored(X509Certificate2 leaf) => X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
}

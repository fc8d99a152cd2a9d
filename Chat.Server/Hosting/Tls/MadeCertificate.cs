using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Server.Hosting.Tls;

/// <summary>
/// A certificate that the server makes for itself: an authority, which people trust once, and a certificate from it, which is renewed for the same key
/// without anybody noticing. Both are kept in <c>Chat:Tls:Folder</c>; <c>ca.pem</c> is for giving away.
/// </summary>
internal static class MadeCertificate
{
    /// <summary>How long before its end a certificate is replaced.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromDays(30);

    private const string Authority = "ca.pem", AuthorityWithKey = "ca-key.pem", Server = "server.pem";

    // No browser takes one for longer.
    private static readonly TimeSpan s_life = TimeSpan.FromDays(397), s_authorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromDays(1);

    /// <summary>The file that people need in order to trust it.</summary>
    public static string AuthorityFile(TlsOptions options) => Path.Combine(options.Folder, Authority);

    /// <summary>The file with the certificate itself, and its key.</summary>
    public static string ServerFile(TlsOptions options) => Path.Combine(options.Folder, Server);

    /// <summary>Sets the modes of folder and files right after an earlier version or a restored backup.</summary>
    /// <returns>The entries that stay readable by others, as sentences for the log.</returns>
    public static IEnumerable<string> Protect(TlsOptions options)
    {
        string[] files = [Authority, AuthorityWithKey, Server];
        return ((string?[])[PrivateFiles.ProtectFolder(options.Folder,
            name => files.Any(f => name.StartsWith(f, StringComparison.Ordinal))),
            .. files.Select(f => PrivateFiles.Protect(Path.Combine(options.Folder, f)))]).OfType<string>();
    }

    /// <summary>What is kept, or a new one where there is none, it ends soon, or it lacks a name of this machine.</summary>
    /// <exception cref="StartException">The folder or a file in it cannot be used.</exception>
    public static ShownCertificate Read(TlsOptions options, DateTimeOffset now)
    {
        try
        {
            PrivateFiles.MakeFolder(options.Folder);
            var names = CertificateNames.Find(options);
            var authority = Load(Path.Combine(options.Folder, AuthorityWithKey));
            var leaf = Load(ServerFile(options));
            if (authority is not null && leaf is not null && leaf.NotAfter > now + Early && names.AreIn(leaf) && IsFrom(authority, leaf, now))
                return new ShownCertificate(leaf, []);

            using var key = leaf?.GetECDsaPrivateKey() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
            leaf = authority is not null && authority.NotAfter > now + s_life + Early ? MakeLeaf(authority, key, names, now) : null;
            if (leaf is null || !IsFrom(authority!, leaf, now)) // there is a name now that it may not vouch for
            {
                authority = MakeAuthority(names, now);
                leaf = MakeLeaf(authority, key, names, now);
                Write(Path.Combine(options.Folder, AuthorityWithKey), Pem(authority));
            }
            Write(ServerFile(options), Pem(leaf));
            Write(AuthorityFile(options), authority!.ExportCertificatePem() + "\n");
            return new ShownCertificate(leaf, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{TlsOptions.Section}:{nameof(TlsOptions.Folder)} ({options.Folder}): {e.Message}", e);
        }
    }

    private static X509Certificate2 MakeAuthority(CertificateNames names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Two authorities of one machine must not have one name: a client that trusts the former would call the new one a forgery.
        var request = new CertificateRequest($"CN=Chat on {names.Hosts[^1]} ({now:yyyy-MM-dd} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))})", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(names.Constraints());
        return request.CreateSelfSigned(now - s_clocksDiffer, now + s_authorityLife);
    }

    private static X509Certificate2 MakeLeaf(X509Certificate2 authority, ECDsa key, CertificateNames names, DateTimeOffset now)
    {
        var request = new CertificateRequest($"CN={names.Hosts[^1]}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(names.AlternativeNames());
        var begins = now - s_clocksDiffer < authority.NotBefore ? authority.NotBefore : now - s_clocksDiffer;
        using var leaf = request.Create(authority, begins, now + s_life, RandomNumberGenerator.GetBytes(16));
        return leaf.CopyWithPrivateKey(key);
    }

    private static bool IsFrom(X509Certificate2 authority, X509Certificate2 leaf, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain.Build(leaf);
    }

    /// <summary>Null if there is none.</summary>
    private static X509Certificate2? Load(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StartException(
                $"{TlsOptions.Section}:{nameof(TlsOptions.Folder)} ({file}): the file is damaged; put it back, or remove it to have a new one made.", e);
        }
    }

    private static string Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static void Write(string file, string content) =>
        PrivateFiles.Replace(file, System.Text.Encoding.ASCII.GetBytes(content));
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Server.Hosting.Tls;

/// <summary>A certificate from PEM files that somebody else writes: an ACME client, an organization's own authority.</summary>
internal static class GivenCertificate
{
    private const string CertificateKey = $"{TlsOptions.Section}:{nameof(TlsOptions.Certificate)}";
    private const string KeyKey = $"{TlsOptions.Section}:{nameof(TlsOptions.Key)}";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What the files hold now, for telling whether it is still the same.</summary>
    /// <exception cref="StartException">One cannot be read.</exception>
    public static (string Certificate, string Key) Files(TlsOptions options)
    {
        var certificate = Text(CertificateKey, options.Certificate!);
        return (certificate, string.IsNullOrEmpty(options.Key) ? certificate : Text(KeyKey, options.Key));
    }

    /// <summary>Makes one of the files' content.</summary>
    /// <exception cref="StartException">They hold none that a client could accept; the message says why.</exception>
    public static ShownCertificate Read(TlsOptions options, (string Certificate, string Key) files, DateTimeOffset now)
    {
        var shown = Parse(options, files);
        if (shown.Ends <= now)
            throw new StartException($"{CertificateKey} ({options.Certificate}): it expired on {shown.Ends:yyyy-MM-dd HH:mm zzz}.");
        if (shown.Begins > now)
            throw new StartException($"{CertificateKey} ({options.Certificate}): it is valid only from {shown.Begins:yyyy-MM-dd HH:mm zzz} on.");
        if (shown.Leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usage => !usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ServerAuthentication)))
            throw new StartException($"{CertificateKey} ({options.Certificate}): it is not made for servers (extended key usage).");
        return shown;
    }

    private static ShownCertificate Parse(TlsOptions options, (string Certificate, string Key) files)
    {
        var (keyKey, keyFile) = string.IsNullOrEmpty(options.Key) ? (CertificateKey, options.Certificate) : (KeyKey, options.Key);
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(files.Certificate);
        }
        catch (CryptographicException e)
        {
            throw new StartException($"{CertificateKey} ({options.Certificate}): its certificate is damaged: {e.Message}", e);
        }
        if (all.Count == 0)
            throw new StartException($"{CertificateKey} ({options.Certificate}): it holds no certificate in PEM (-----BEGIN CERTIFICATE-----).");
        if (files.Key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal))
            throw new StartException($"{keyKey} ({keyFile}): the key is encrypted; the server needs one without a password.");
        if (!files.Key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new StartException($"{keyKey} ({keyFile}): it holds no private key in PEM (-----BEGIN PRIVATE KEY-----).");
        try
        {
            var leaf = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
            all.RemoveAt(0);
            return new ShownCertificate(leaf, all);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StartException($"{keyKey} ({keyFile}): it is not the key of the certificate in {options.Certificate}, or it is damaged.", e);
        }
    }

    private static string Text(string key, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{key} ({file}): {e.Message}", e);
        }
    }
}

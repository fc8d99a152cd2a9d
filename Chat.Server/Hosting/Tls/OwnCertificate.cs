using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Server.Hosting.Tls;

/// <summary>For who asks a server on the same machine, with the same settings, how it is: the certificate that those name is as good as one for its name.</summary>
internal static class OwnCertificate
{
    /// <summary>Takes what the system takes, and the configured certificate itself.</summary>
    public static RemoteCertificateValidationCallback Check(IConfiguration configuration) => (_, certificate, _, errors) =>
        errors == SslPolicyErrors.None || (certificate is not null && Read(configuration)?.RawDataMemory.Span.SequenceEqual(certificate.GetRawCertData()) is true);

    private static X509Certificate2? Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new TlsOptions();
        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(options.IsGiven ? options.Certificate! : MadeCertificate.ServerFile(options)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }
}

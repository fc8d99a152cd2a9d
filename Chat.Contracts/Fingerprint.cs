using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Contracts;

/// <summary>
/// SHA-256 by which people recognize who has a certificate: <c>sha256:</c> and 64 hexadecimal digits in lower case. The server prints that of its key, clients
/// take it as a pin.
/// </summary>
public static class Fingerprint
{
    private const string Prefix = "sha256:";

    /// <summary>Of the certificate's public key (its SubjectPublicKeyInfo, as in RFC 7469): it stays the same when the certificate is renewed for the same key.</summary>
    public static string OfKey(X509Certificate2 certificate) => Prefix + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Of the certificate itself, as browsers and OpenSSL show it.</summary>
    public static string OfCertificate(X509Certificate2 certificate) => Prefix + Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>
    /// From what a person copied: with or without <c>sha256:</c>, in either case, with or without the colons or blanks that browsers and OpenSSL put in between.
    /// Null if it is none.
    /// </summary>
    public static string? Parse(string text)
    {
        var digits = text.Trim();
        foreach (var prefix in (string[])[Prefix, "sha-256:", "sha256 fingerprint="])
        {
            if (digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                digits = digits[prefix.Length..];
        }
        digits = digits.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return digits.Length == 2 * SHA256.HashSizeInBytes && digits.All(char.IsAsciiHexDigit) ? Prefix + digits.ToLowerInvariant() : null;
    }
}

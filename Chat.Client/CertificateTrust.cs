using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Which certificates count as the server's, over https and wss and on every transport alike. By default those that the system trusts. What is not
/// trusted is refused before anything is sent, for good: as a <see cref="ChatException"/> with the code <see cref="ErrorCode"/>. Immutable.
/// </summary>
public sealed record CertificateTrust
{
    /// <summary>The code of a refusal. It is the client's own: no server sends it.</summary>
    public const string ErrorCode = "untrusted_certificate";

    private readonly string? _pin;

    /// <summary>
    /// Only a certificate whose key has this fingerprint (or that has it itself), or one that an authority with it, sent along, has issued for the server's
    /// name; null, the default, for no pin. The pinned one counts whatever name and dates it has. Takes what <see cref="Fingerprint.Parse"/> takes.
    /// </summary>
    /// <exception cref="ChatException"><c>invalid</c>: it is no fingerprint.</exception>
    public string? Pin
    {
        get => _pin;
        init => _pin = value is null ? null : Fingerprint.Parse(value)
            ?? throw new ChatException(ErrorCodes.Invalid, $"\"{value}\" is not a SHA-256 fingerprint: sha256: and 64 hexadecimal digits.");
    }

    /// <summary>Only certificates that one of these has issued; empty, the default, for the system's authorities.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>What a person has to do to trust what was seen, in the words of their program; given its fingerprint. Null: in this library's.</summary>
    public Func<string, string>? Advice { get; init; }

    /// <summary>Authorities from the text of a PEM file.</summary>
    /// <exception cref="ChatException"><c>invalid</c>: there is no certificate in it.</exception>
    public static X509Certificate2Collection ParseAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw new ChatException(ErrorCodes.Invalid, $"The certificate in it is damaged: {e.Message}", e);
        }
        return authorities.Count > 0 ? authorities : throw new ChatException(ErrorCodes.Invalid, "There is no certificate in PEM (-----BEGIN CERTIFICATE-----) in it.");
    }

    /// <summary>For whatever speaks TLS to this host; refuses by throwing, so that the reason comes through.</summary>
    public RemoteCertificateValidationCallback Check(string host) => (_, certificate, chain, errors) =>
    {
        if (certificate is null)
            throw new ChatException(ErrorCode, $"{host} shows no certificate.");
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var seen = new SeenCertificate(host, leaf, chain, errors);
        if (_pin is not null ? seen.Is(_pin) : Authorities.Count > 0 ? seen.IsFrom(Authorities) : errors == SslPolicyErrors.None)
            return true;
        var advice = Advice ?? (pin => $"To trust it, set {nameof(CertificateTrust)}.{nameof(Pin)} to {pin}.");
        throw new ChatException(ErrorCode, _pin is not null && !seen.IsNearly(_pin) ? seen.ChangedText(_pin, advice) : seen.UnknownText(Authorities, advice));
    };

    /// <summary>
    /// Makes a handler for an <see cref="HttpClient"/>. It follows no redirect, because a password in a body would go
    /// along (RFC 9110, 15.4.8).
    /// </summary>
    internal SocketsHttpHandler NewHandler(Uri server) => new()
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = Check(server.Host) },
    };
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>What a server showed in one TLS handshake, judged, and put into words for a person.</summary>
internal sealed class SeenCertificate(string host, X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
{
    private readonly X509Certificate2[] _sent = [.. chain?.ChainPolicy.ExtraStore ?? [], .. chain?.ChainElements.Select(e => e.Certificate) ?? []];

    private bool HasName => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);

    /// <summary>Whether it is the one with this fingerprint, or comes from an authority with it.</summary>
    public bool Is(string pin) => Has(leaf, pin) || Array.Find(_sent, c => Has(c, pin)) is { } authority && IsFrom([authority]);

    /// <summary>Whether it comes from an authority with this fingerprint and only name or date are wrong.</summary>
    public bool IsNearly(string pin) => Array.Find(_sent, c => Has(c, pin)) is { } authority && Vouches([authority], X509VerificationFlags.IgnoreNotTimeValid);

    /// <summary>Whether one of these has issued it, for this host and this day.</summary>
    public bool IsFrom(X509Certificate2Collection authorities) => HasName && Vouches(authorities);

    /// <summary>It is not the pinned one.</summary>
    public string ChangedText(string expected, Func<string, string> advice) => Lines(
        $"{host} shows another certificate than the one that you have pinned. Somebody may be in the middle, reading and changing what is said: nothing was sent.",
        $"expected: {expected}",
        Seen(),
        $"If whoever runs the server has told you of a new certificate, and its fingerprint is the one seen here: {advice(Fingerprint.OfKey(leaf))}",
        "If not, do not go on. Try from another network, and tell who runs the server.");

    /// <summary>It is from nobody who is trusted.</summary>
    public string UnknownText(X509Certificate2Collection authorities, Func<string, string> advice)
    {
        var why = !HasName ? $"is made for other names than that ({string.Join(", ", Names())})"
            : Expired() ? $"was good from {leaf.NotBefore:yyyy-MM-dd HH:mm} to {leaf.NotAfter:yyyy-MM-dd HH:mm} only, by this machine's clock"
            : authorities.Count > 0 ? "does not come from the authority that you trust for it"
            : "comes from nobody whom this machine trusts";
        return Lines(
            $"The certificate of {host} {why}. Somebody may be in the middle: nothing was sent.",
            authorities.Count > 0 ? $"expected: one from {string.Join(", ", authorities.Select(a => $"{Fingerprint.OfKey(a)} ({a.Subject})"))}" : null,
            Seen(),
            $"If that is the fingerprint that the server printed when it started (ask who runs it): {advice(Fingerprint.OfKey(leaf))}");
    }

    private static string Lines(params IEnumerable<string?> lines) => string.Join('\n', lines.Where(line => line is not null));

    private string Seen() => $"seen:     {Fingerprint.OfKey(leaf)} ({leaf.Subject}, issued by {leaf.Issuer})";

    private bool Expired() => DateTime.Now > leaf.NotAfter || DateTime.Now < leaf.NotBefore;

    private IEnumerable<string> Names() => leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString()))).DefaultIfEmpty(leaf.Subject).Take(10);

    /// <summary>Whether one of these has issued it, names aside.</summary>
    private bool Vouches(X509Certificate2Collection authorities, X509VerificationFlags flags = X509VerificationFlags.NoFlag)
    {
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.ExtraStore.AddRange(_sent);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.VerificationFlags = flags;
        own.ChainPolicy.DisableCertificateDownloads = true;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1")); // for servers
        return own.Build(leaf);
    }

    private static bool Has(X509Certificate2 certificate, string pin) => pin == Fingerprint.OfKey(certificate) || pin == Fingerprint.OfCertificate(certificate);
}

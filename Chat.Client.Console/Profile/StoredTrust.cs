using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Client.Console.Profile;

/// <summary>Which certificates a person has said to trust for one server, instead of the system's.</summary>
/// <param name="Pin">A fingerprint.</param>
/// <param name="Authorities">Authorities in PEM: the text, since the file may be gone the next time.</param>
public sealed record StoredTrust(string? Pin = null, string? Authorities = null)
{
    private const string Forget = "none";

    /// <summary>What the system trusts.</summary>
    [JsonIgnore]
    public bool IsNone => Pin is null && Authorities is null;

    /// <summary>From the options. Null if there is neither. Throws <c>invalid</c> if one is not understood.</summary>
    public static StoredTrust? Of(string? pin = null, string? authorityFile = null)
    {
        if (pin is null && authorityFile is null)
            return null;
        if (pin is Forget || authorityFile is Forget)
            return new StoredTrust();
        return new StoredTrust(pin is null ? null : new CertificateTrust { Pin = pin }.Pin, authorityFile is null ? null : Read(authorityFile));
    }

    /// <summary>For a connection.</summary>
    /// <param name="advice">What to do to trust what was seen.</param>
    public CertificateTrust ToTrust(Func<string, string> advice) => new()
    {
        Pin = Pin,
        Authorities = Authorities is null ? [] : CertificateTrust.ParseAuthorities(Authorities),
        Advice = advice,
    };

    private static string Read(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            CertificateTrust.ParseAuthorities(text);
            return text;
        }
        catch (ChatException damage)
        {
            throw new ChatException(damage.Code, $"--ca {file}: {damage.Message}", damage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChatException(ErrorCodes.Invalid, $"--ca {file}: {e.Message}", e);
        }
    }
}

using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;

namespace Chat.Server.Keys;

/// <summary>
/// A key as data protection keeps it in the database: XML in which an element that says <c>requiresEncryption</c> is
/// the secret. The secret is plain, or in an <c>encryptedSecret</c> that names the type which decrypts it.
/// </summary>
internal static class KeyXml
{
    private static readonly XNamespace s_protection = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName s_encryptedSecret = s_protection + "encryptedSecret",
        s_requiresEncryption = s_protection + "requiresEncryption";

    /// <summary>The ids of the master keys that are needed to read a key.</summary>
    public static IReadOnlyList<string> MasterKeyIds(XElement key) =>
        [.. key.Descendants().Select(MasterKey.IdOf).OfType<string>().Distinct()];

    /// <summary>Whether a secret of a key can be read without a master key.</summary>
    public static bool IsPlain(XElement key) => Secrets(Bare(key)).Any();

    /// <summary>The same key with plain secrets.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// A master key is missing, or the sealed text was changed.
    /// </exception>
    public static XElement Open(XElement key, MasterKeys keys)
    {
        var open = Bare(key);
        foreach (var secret in open.Descendants(s_encryptedSecret).ToList())
        {
            if (secret.Elements().FirstOrDefault() is { } element && MasterKey.IdOf(element) is not null)
                secret.ReplaceWith(MasterKeyDecryptor.Open(element, keys));
        }
        return open;
    }

    /// <summary>
    /// The same key with its secrets sealed by a master key. Secrets that are sealed already stay unchanged.
    /// </summary>
    public static XElement Seal(XElement key, MasterKey by)
    {
        var sealedKey = Bare(key);
        foreach (var secret in Secrets(sealedKey).ToList())
        {
            secret.ReplaceWith(new XElement(
                s_encryptedSecret, new XAttribute("decryptorType", typeof(MasterKeyDecryptor).AssemblyQualifiedName!),
                by.Seal(new XElement(secret))));
        }
        return sealedKey;
    }

    /// <summary>
    /// A copy without the framework's wrapping of secrets that are not encrypted (<c>NullXmlEncryptor</c>).
    /// </summary>
    private static XElement Bare(XElement key)
    {
        var bare = new XElement(key);
        foreach (var wrapped in bare.Descendants(s_encryptedSecret).ToList())
        {
            // One that holds nothing is no secret; data protection says what is wrong with it.
            if (wrapped.Element("unencryptedKey")?.Elements().FirstOrDefault() is { } secret)
                wrapped.ReplaceWith(Marked(secret));
        }
        return bare;
    }

    private static XElement Marked(XElement secret)
    {
        secret.MarkAsRequiresEncryption();
        return secret;
    }

    private static IEnumerable<XElement> Secrets(XElement key) =>
        key.Descendants().Where(e => (bool?)e.Attribute(s_requiresEncryption) is true
            && !e.Ancestors(s_encryptedSecret).Any());
}

using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Chat.Server.Keys;

/// <summary>
/// Encrypts keys that data protection makes. It leaves them plain as long as an older node could not read encrypted
/// ones.
/// </summary>
internal sealed class MasterKeyEncryptor(MasterKeyRing ring) : IXmlEncryptor
{
    private readonly NullXmlEncryptor _plain = new();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => ring is { MayEncrypt: true, Current: { } current }
        ? new EncryptedXmlInfo(current.Seal(plaintextElement), typeof(MasterKeyDecryptor))
        : _plain.Encrypt(plaintextElement);
}

/// <summary>
/// Decrypts keys that <see cref="MasterKeyEncryptor"/> encrypted. Data protection finds the type by its name in the
/// database, so name and namespace must not change.
/// </summary>
/// <param name="services">The server's services.</param>
internal sealed class MasterKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        Open(encryptedElement, services.GetRequiredService<MasterKeyRing>().Keys);

    /// <exception cref="CryptographicException">The master key is missing, or the sealed text was changed.</exception>
    public static XElement Open(XElement element, MasterKeys keys) => MasterKey.IdOf(element) is { } id
        && keys.Find(id) is { } key
        ? key.Open(element)
        : throw new CryptographicException($"master key {MasterKey.IdOf(element)} is missing");
}

using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Chat.Server.Keys;

/// <summary>
/// Encrypts keys that data protection makes. As long as an older node could not read that, it leaves them as they
/// are.
/// </summary>
internal sealed class MasterKeyEncryptor(MasterKeyRing ring) : IXmlEncryptor
{
    private readonly NullXmlEncryptor _plain = new();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => ring is { MayEncrypt: true, Current: { } current }
        ? new EncryptedXmlInfo(current.Seal(plaintextElement), typeof(MasterKeyDecryptor))
        : _plain.Encrypt(plaintextElement);
}

/// <summary>
/// Decrypts them. Data protection makes it by its name, which stands in the database: name and namespace must stay.
/// </summary>
/// <param name="services">The server's.</param>
internal sealed class MasterKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        Open(encryptedElement, services.GetRequiredService<MasterKeyRing>().Keys);

    /// <exception cref="CryptographicException">The master key is missing, or what is sealed was changed.</exception>
    public static XElement Open(XElement element, MasterKeys keys) => MasterKey.IdOf(element) is { } id
        && keys.Find(id) is { } key
        ? key.Open(element)
        : throw new CryptographicException($"master key {MasterKey.IdOf(element)} is missing");
}

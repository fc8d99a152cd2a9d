using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Chat.Server.Keys;

/// <summary>
/// A secret of 32 bytes that is not in the database. The secret itself encrypts and signs nothing. Each use has a key
/// of its own, derived by HKDF (RFC 5869), so that one use tells nothing about another. Thread-safe.
/// </summary>
internal sealed class MasterKey
{
    /// <summary>The length of the secret in bytes.</summary>
    public const int Length = 32;

    private const int NonceLength = 12, TagLength = 16;
    private const string SealedName = "sealedByMasterKey";

    private readonly byte[] _wrapping;

    public MasterKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Length)
            throw new ArgumentException($"a master key has {Length} bytes", nameof(secret));
        var text = secret.ToArray();
        Id = Convert.ToHexStringLower(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, text, 8, info: "chat: id of a master key"u8.ToArray()));
        _wrapping = HKDF.DeriveKey(HashAlgorithmName.SHA256, text, 32, info: "chat: keys in the database"u8.ToArray());
        HintKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, text, 32, info: "chat: hints between nodes"u8.ToArray());
        CryptographicOperations.ZeroMemory(text);
    }

    /// <summary>
    /// Sixteen hexadecimal digits that tell nothing about the secret. The id stands beside everything that the key has
    /// encrypted or signed.
    /// </summary>
    public string Id { get; }

    /// <summary>The key by which nodes sign their messages to each other.</summary>
    public ReadOnlyMemory<byte> HintKey { get; }

    /// <summary>A new master key in the form for a file.</summary>
    public static string NewText() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length));

    /// <summary>
    /// Encrypts an element and authenticates it (AES-256-GCM with a random nonce; the key's id is authenticated,
    /// too).
    /// </summary>
    public XElement Seal(XElement secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret.ToString(SaveOptions.DisableFormatting));
        var whole = new byte[NonceLength + TagLength + plain.Length];
        var nonce = whole.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_wrapping, TagLength);
        aes.Encrypt(nonce, plain, whole.AsSpan(NonceLength + TagLength), whole.AsSpan(NonceLength, TagLength),
            Encoding.ASCII.GetBytes(Id));
        CryptographicOperations.ZeroMemory(plain);
        return new XElement(SealedName, new XAttribute("key", Id), Convert.ToBase64String(whole));
    }

    /// <summary>Decrypts a sealed element.</summary>
    /// <exception cref="CryptographicException">Another key sealed the element, or somebody changed it.</exception>
    public XElement Open(XElement element)
    {
        byte[] whole;
        try
        {
            whole = Convert.FromBase64String(element.Value);
        }
        catch (FormatException e)
        {
            throw new CryptographicException("the sealed key is damaged", e);
        }
        if (whole.Length < NonceLength + TagLength)
            throw new CryptographicException("the sealed key is damaged");
        var plain = new byte[whole.Length - NonceLength - TagLength];
        using var aes = new AesGcm(_wrapping, TagLength);
        aes.Decrypt(whole.AsSpan(0, NonceLength), whole.AsSpan(NonceLength + TagLength),
            whole.AsSpan(NonceLength, TagLength), plain, Encoding.ASCII.GetBytes(Id));
        var secret = XElement.Parse(Encoding.UTF8.GetString(plain), LoadOptions.PreserveWhitespace);
        CryptographicOperations.ZeroMemory(plain);
        return secret;
    }

    /// <summary>The id of the key that has sealed this element; null if it is another element.</summary>
    public static string? IdOf(XElement element) =>
        element.Name == SealedName ? (string?)element.Attribute("key") : null;
}

using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Chat.Server.Keys;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>Whether a message proves that a node of this cluster wrote it.</summary>
internal enum HintCode
{
    /// <summary>The message has no code: an older node, or somebody else, wrote it.</summary>
    None,

    /// <summary>
    /// The code is wrong: the message was cut, changed or meant for another channel, or its writer has no key of this
    /// cluster.
    /// </summary>
    Wrong,

    /// <summary>The code is right.</summary>
    Right,
}

/// <summary>
/// Signs this node's messages and checks those of others: HMAC-SHA-256 over the channel and the whole message, by a key
/// that is derived from the common master key. A message is JSON that begins with its code, <c>{"mac":"KEY.CODE",…</c>:
/// nodes of older versions ignore the code and read the rest. Thread-safe.
/// </summary>
internal sealed class HintSeal(MasterKeyRing ring, TimeProvider time)
{
    /// <summary>The longest message that a node sends, in bytes. Longer ones are not checked.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private const int IdLength = 16, CodeLength = 43; // hexadecimal, and 32 bytes in the base64 of URLs
    private const int HeadLength = 8 + IdLength + 1 + CodeLength + 2;
    private const int ShortName = 256;

    private long _number;

    private static ReadOnlySpan<byte> Begin => "{\"mac\":\""u8;

    private static ReadOnlySpan<byte> End => "\","u8;

    /// <summary>Writes a signed message with this node's next number and the time.</summary>
    public byte[] Write(RedisChannel channel, RedisWord word)
    {
        var json = (word with
        {
            Number = Interlocked.Increment(ref _number), At = time.GetUtcNow().ToUnixTimeMilliseconds(),
        }).Write();
        var message = new byte[HeadLength + json.Length - 1];
        json.AsSpan(1).CopyTo(message.AsSpan(HeadLength));
        var key = ring.Signing;
        Begin.CopyTo(message);
        Encoding.ASCII.GetBytes(key.Id, message.AsSpan(Begin.Length));
        message[Begin.Length + IdLength] = (byte)'.';
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(key, channel, message.AsSpan(HeadLength), code);
        Base64Url.EncodeToUtf8(code, message.AsSpan(Begin.Length + IdLength + 1));
        End.CopyTo(message.AsSpan(HeadLength - End.Length));
        return message;
    }

    /// <summary>Checks a message's code. <see cref="HintWindow"/> tells whether the message is new.</summary>
    public HintCode Check(RedisChannel channel, ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith(Begin))
            return HintCode.None;
        if (message.Length <= HeadLength || !message[(HeadLength - End.Length)..].StartsWith(End))
            return HintCode.Wrong;
        var key = ring.Keys.Find(Encoding.ASCII.GetString(message.Slice(Begin.Length, IdLength)));
        Span<byte> said = stackalloc byte[HMACSHA256.HashSizeInBytes + 1];
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var text = message.Slice(Begin.Length + IdLength + 1, CodeLength);
        if (key is null || Base64Url.DecodeFromUtf8(text, said, out _, out var length) != OperationStatus.Done
            || length != code.Length)
            return HintCode.Wrong;
        Compute(key, channel, message[HeadLength..], code);
        return CryptographicOperations.FixedTimeEquals(said[..length], code) ? HintCode.Right : HintCode.Wrong;
    }

    /// <summary>
    /// The code covers the channel, so that a message does not count on another one. A zero byte ends the channel's
    /// name.
    /// </summary>
    private static void Compute(MasterKey key, RedisChannel channel, ReadOnlySpan<byte> rest, Span<byte> code)
    {
        var name = channel.ToString();
        Span<byte> bytes = stackalloc byte[ShortName];
        if (Encoding.UTF8.GetMaxByteCount(name.Length) >= ShortName)
            bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        var length = Encoding.UTF8.GetBytes(name, bytes);
        bytes[length] = 0;
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.HintKey.Span);
        hash.AppendData(bytes[..(length + 1)]);
        hash.AppendData(rest);
        hash.GetHashAndReset(code);
    }
}

using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Reads the messages that come over Redis, and believes only those that a node of this cluster wrote. Thread-safe.
/// </summary>
internal sealed class HintReader(
    string self, RegisteredNodes registered, HintSeal seal, TimeProvider time, ILogger logger)
{
    // How long messages of a node that has left the registry may still be under way. If it did not sign, they are
    // refused, but they are no sign of somebody else.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(10);

    private readonly HintWindow _heard = new(time);
    private readonly NotBelieved _notBelieved = new(time, logger);

    /// <summary>The number of messages that were not believed since the start.</summary>
    public long Refused => _notBelieved.Count;

    /// <summary>Whether somebody else seems to have published lately.</summary>
    public bool IsLiedTo => _notBelieved.IsRecent;

    /// <summary>
    /// Whether this node should ask the database now, since a message that was not believed may have replaced a true
    /// one.
    /// </summary>
    public bool TakeDoubt() => _notBelieved.TakeDoubt();

    /// <summary>
    /// The message, if a node of this cluster wrote it for this channel, lately, and it arrives for the first time;
    /// otherwise null. While an older node is registered, a message without a code may be its own, but not that of a
    /// node that is known to sign.
    /// </summary>
    public (RedisWord? Word, bool IsSigned) Read(RedisChannel channel, ReadOnlyMemory<byte> bytes)
    {
        var code = bytes.Length > HintSeal.MaxLength ? HintCode.Wrong : seal.Check(channel, bytes.Span);
        if (code == HintCode.Wrong)
            return Refuse("its code is not one of this cluster's");
        if (code == HintCode.None && registered.AllSign)
            return Refuse("it is not signed", isSuspicious: !registered.HasOneLeft(s_farewell));
        if (RedisWord.Parse(bytes) is not { From.Length: > 0 } word)
            return Refuse("it is not understood");
        if (code == HintCode.None)
        {
            var isOfSigner = word.From == self || _heard.Knows(word.From);
            return !isOfSigner && registered.Ids.Contains(word.From) ? (word, false)
                : Refuse("it is not signed", isSuspicious: isOfSigner || !registered.HasOneLeft(s_farewell));
        }
        return _heard.Take(word) switch
        {
            Heard.New => (word, true),
            Heard.Again => Refuse("it came before", mayMiss: false, isSuspicious: false),
            _ => Refuse("it is late"),
        };
    }

    private (RedisWord? Word, bool IsSigned) Refuse(string reason, bool mayMiss = true, bool isSuspicious = true)
    {
        _notBelieved.Add(reason, mayMiss, isSuspicious);
        return (null, false);
    }
}

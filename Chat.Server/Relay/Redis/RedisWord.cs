using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Relay.Redis;

/// <summary>What one node says to others on a channel, as JSON; several things at once if they were said at once.</summary>
internal sealed record RedisWord
{
    /// <summary>The node that says it.</summary>
    public required string From { get; init; }

    /// <summary>The sender's number of this message, from 1; null from a node that does not sign.</summary>
    public long? Number { get; init; }

    /// <summary>The time of the message, in milliseconds since 1970 by the clock that all nodes share.</summary>
    public long? At { get; init; }

    public Heartbeat? Beat { get; init; }

    public List<ChatEvent>? Events { get; set; }

    public List<RelaySignal.Typing>? Typing { get; set; }

    public List<RelaySignal.ReadMarker>? Read { get; set; }

    /// <summary>Sign-ins that have ended.</summary>
    public List<string>? Ended { get; set; }

    /// <summary>People whose requests, invitations or blocks have changed.</summary>
    public List<string>? Consent { get; set; }

    public List<PresenceWord>? Presence { get; set; }

    /// <summary>Nodes that shall say all of their presence.</summary>
    public List<string>? Ask { get; set; }

    /// <summary>Null if it is nothing that this version understands.</summary>
    public static RedisWord? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<RedisWord>(json.Span, ChatJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The message in UTF-8.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ChatJson.Options);
}

/// <summary>A node is there.</summary>
/// <param name="Lost">How many things it could not publish since it started: if that has grown, others compare heads.</param>
/// <param name="Presence">The number of its newest <see cref="PresenceWord"/>.</param>
/// <param name="Leaves">It is stopping.</param>
internal sealed record Heartbeat(long Lost, long Presence, bool Leaves = false);

/// <summary>A node's presence, with a number that grows by one each time, so that a hole is seen.</summary>
internal sealed record PresenceWord(long Number, IReadOnlyList<UserPresence> Users, PresencePart Part);

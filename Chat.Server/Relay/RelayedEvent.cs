using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// An event in the hands of the relay: its number and its encodings. Each encoding is made once, when the first
/// receiver needs it, and shared by all. Safe for any thread.
/// </summary>
public sealed class RelayedEvent
{
    /// <summary>
    /// Encodings are kept up to so many times the size of the JSON: one for each format that is in use.
    /// </summary>
    private const int Formats = 4;

    /// <summary>Bytes of an event in memory beside its texts, and of an encoding around its JSON.</summary>
    private const int Frame = 256, EncodedFrame = 64;

    /// <summary>A byte of UTF-8 can have six bytes in JSON.</summary>
    private const int Escaped = 6;

    /// <summary>Ids, names, and a new name and topic of a room, as JSON.</summary>
    private const int MaxOtherTexts = 8 * 1024;

    /// <summary>The largest <see cref="Weight"/>: of the longest body that can be configured.</summary>
    public const int MaxWeight = Frame + Limits.HubMessageBytes
        + (Formats * (EncodedFrame + MaxOtherTexts + (Limits.HubMessageBytes / 2 * Escaped)));

    private Encodings _encodings;

    public RelayedEvent(ChatEvent e)
    {
        Event = e;
        Size = PageBudget.Size(e);
        Weight = Frame + ((e.Body?.Length ?? 0) * 2) + MostEncoded;
    }

    public ChatEvent Event { get; }

    public long Seq => Event.Seq;

    /// <summary>About how many bytes it has on the wire, in one format.</summary>
    public int Size { get; }

    /// <summary>
    /// The most bytes that it takes in memory, about: the event itself and the encodings that are kept.
    /// </summary>
    public int Weight { get; }

    /// <summary>The bytes of the encodings that are kept now.</summary>
    internal int EncodedBytes => _encodings.Bytes;

    private int MostEncoded => Formats * (EncodedFrame + Size);

    /// <summary>The event as a transport writes it.</summary>
    /// <param name="format">Tells one encoding from another; compared by reference.</param>
    /// <param name="encode">Makes it; may run twice at the same time, for the same bytes.</param>
    public ReadOnlyMemory<byte> Encoded<T>(T format, Func<RelayedEvent, T, ReadOnlyMemory<byte>> encode)
        where T : class =>
        _encodings.Of(this, format, encode, MostEncoded);
}

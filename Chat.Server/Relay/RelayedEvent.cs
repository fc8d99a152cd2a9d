using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>
/// An event in the hands of the relay: its number and its encodings, each made once, when the first receiver needs it, and shared by all.
/// Safe for any thread.
/// </summary>
public sealed class RelayedEvent(ChatEvent e)
{
    private Encodings _encodings;

    public ChatEvent Event { get; } = e;

    public long Seq => Event.Seq;

    /// <summary>The largest <see cref="Size"/>: of the longest body that can be configured.</summary>
    public const int MaxSize = 256 + Limits.HubMessageBytes;

    /// <summary>About how many bytes it takes, in memory as on the wire: for bounds, not for accounts.</summary>
    public int Size { get; } = 256 + (e.Body?.Length ?? 0) * 2;

    /// <summary>The event as a transport writes it.</summary>
    /// <param name="format">What tells one encoding from another; compared by reference.</param>
    /// <param name="encode">Makes it; may run twice at the same time, for the same bytes.</param>
    public ReadOnlyMemory<byte> Encoded<T>(T format, Func<RelayedEvent, T, ReadOnlyMemory<byte>> encode)
        where T : class =>
        _encodings.Of(this, format, encode);
}

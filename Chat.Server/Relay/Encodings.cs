namespace Chat.Server.Relay;

/// <summary>
/// The encodings of one notice or event that many receivers get. Each is made when the first receiver needs it.
/// Thread-safe.
/// </summary>
internal struct Encodings
{
    private Encoding? _first;

    /// <summary>How many bytes are kept.</summary>
    public readonly int Bytes => Volatile.Read(in _first)?.AllBytes ?? 0;

    /// <summary>
    /// The encoding in a format; formats are compared by reference. Two threads may make it at the same time; the bytes
    /// are the same.
    /// </summary>
    /// <param name="thing">The notice or the event.</param>
    /// <param name="format">The format.</param>
    /// <param name="encode">Makes the bytes.</param>
    /// <param name="most">An encoding is not kept if all of them would have more bytes than this.</param>
    public ReadOnlyMemory<byte> Of<TThing, TFormat>(TThing thing, TFormat format,
        Func<TThing, TFormat, ReadOnlyMemory<byte>> encode, int most = int.MaxValue)
        where TFormat : class
    {
        for (var known = Volatile.Read(ref _first); known is not null; known = known.Next)
        {
            if (ReferenceEquals(known.Format, format))
                return known.Bytes;
        }
        var bytes = encode(thing, format);
        var others = Volatile.Read(ref _first);
        var all = bytes.Length + (others?.AllBytes ?? 0);
        if (all <= most)
            Volatile.Write(ref _first, new Encoding(format, bytes, all, others));
        return bytes;
    }

    private sealed record Encoding(object Format, ReadOnlyMemory<byte> Bytes, int AllBytes, Encoding? Next);
}

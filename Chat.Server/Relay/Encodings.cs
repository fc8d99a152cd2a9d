namespace Chat.Server.Relay;

/// <summary>The encodings of one notice or event that many receivers get. Each is made when the first receiver needs
/// it. Thread-safe.</summary>
internal struct Encodings
{
    private Encoding? _first;

    /// <summary>The encoding in a format; formats are compared by reference. Two threads may make it at the same time;
    /// the bytes are the same.</summary>
    public ReadOnlyMemory<byte> Of<TThing, TFormat>(TThing thing, TFormat format,
        Func<TThing, TFormat, ReadOnlyMemory<byte>> encode)
        where TFormat : class
    {
        for (var known = Volatile.Read(ref _first); known is not null; known = known.Next)
        {
            if (ReferenceEquals(known.Format, format))
                return known.Bytes;
        }
        var bytes = encode(thing, format);
        Volatile.Write(ref _first, new Encoding(format, bytes, _first));
        return bytes;
    }

    private sealed record Encoding(object Format, ReadOnlyMemory<byte> Bytes, Encoding? Next);
}

using System.Buffers.Binary;

namespace Chat.Bench.Compare;

/// <summary>Takes a server's WebSocket frames apart, however the bytes were cut: all that matters here is what is payload and what is not (RFC 6455, 5.2).</summary>
internal struct FrameReader
{
    private ulong _header;
    private int _have;
    private long _left;

    /// <summary>The next piece of payload in the input, which moves on behind it; empty if there is none left.</summary>
    public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_left > 0)
            {
                var piece = input[..(int)Math.Min(_left, input.Length)];
                input = input[piece.Length..];
                _left -= piece.Length;
                return piece;
            }
            TakeHeader(input[0]);
            input = input[1..];
        }
        return default;
    }

    /// <summary>Two bytes, and two or eight more with the length if it is large. A server does not mask.</summary>
    private void TakeHeader(byte next)
    {
        _have++;
        if (_have == 1)
        {
            _header = 0;
            return;
        }
        _header = _have == 2 ? next & 0x7Ful : (_header << 8) | next;
        if (_have == 2 && _header < 126)
            End((long)_header);
        else if (_have == 2)
            (_wide, _header) = (_header == 127, 0);
        else if (_have == (_wide ? 10 : 4))
            End((long)_header);
    }

    private bool _wide;

    private void End(long length) => (_left, _have) = (length, 0);
}

/// <summary>Makes the frames that a client sends.</summary>
internal static class Frames
{
    /// <summary>A whole text message. The mask is zero: what it protects from, proxies that mistake content for requests, is not here.</summary>
    public static byte[] Text(ReadOnlySpan<byte> payload)
    {
        var length = payload.Length;
        if (length > ushort.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(payload));
        var header = length < 126 ? 2 : 4;
        var frame = new byte[header + 4 + length];
        frame[0] = 0x81;
        frame[1] = (byte)(0x80 | (length < 126 ? length : 126));
        if (length >= 126)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)length);
        payload.CopyTo(frame.AsSpan(header + 4));
        return frame;
    }
}

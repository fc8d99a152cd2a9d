using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Chat.Bench.Compare;

/// <summary>
/// Takes the HTTP/1.1 responses of one connection apart, however the bytes were cut: what is content and what is not (RFC 9112). Of a head it keeps
/// what can be asked for until the next one begins.
/// </summary>
internal sealed class ResponseReader
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _head = new();
    private Part _part;
    private bool _hasHead;
    private long _left;

    /// <summary>What the lines that are read belong to; content is read while something of it is left.</summary>
    private enum Part
    {
        Head,
        Whole,
        Size,
        Chunk,
        Trailer,
    }

    /// <summary>Of the last head that was read; 0: none yet.</summary>
    public int Status { get; private set; }

    /// <summary>How many responses have come to their end.</summary>
    public int Ended { get; private set; }

    /// <summary>The next piece of content in the input, which moves on behind it; empty if there is none left.</summary>
    public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_left > 0)
            {
                var piece = input[..(int)Math.Min(_left, input.Length)];
                input = input[piece.Length..];
                _left -= piece.Length;
                if (_left == 0 && _part == Part.Whole)
                    End();
                return piece;
            }
            TakeLine(ref input);
        }
        return default;
    }

    /// <summary>What the last head says in a field; empty if it has none of that name.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> name)
    {
        var head = _head.WrittenSpan;
        foreach (var range in head.Split((byte)'\n'))
        {
            var line = head[range];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim((byte)' ');
        }
        return default;
    }

    private void TakeLine(ref ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)'\n');
        _line.Write(end < 0 ? input : input[..end]);
        input = end < 0 ? default : input[(end + 1)..];
        if (end < 0)
            return;
        Line(_line.WrittenSpan.TrimEnd((byte)'\r'));
        _line.ResetWrittenCount();
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Head when !line.IsEmpty:
                if (_hasHead)
                    _head.ResetWrittenCount();
                _hasHead = false;
                _head.Write(line);
                _head.Write("\n"u8);
                break;
            case Part.Head:
                EndHead();
                break;
            case Part.Size:
                _left = Utf8Parser.TryParse(line, out long size, out _, 'x') ? size : throw Broken(line);
                _part = _left > 0 ? Part.Chunk : Part.Trailer;
                break;
            case Part.Chunk:
                _part = line.IsEmpty ? Part.Size : throw Broken(line);
                break;
            case Part.Trailer when line.IsEmpty:
                End();
                break;
        }
    }

    private void EndHead()
    {
        _hasHead = true;
        // "HTTP/1.1 200 OK"
        var head = _head.WrittenSpan;
        Status = head.StartsWith("HTTP/1.1 "u8) && Utf8Parser.TryParse(head[9..], out int status, out _) ? status : throw Broken(head);
        if (Status is < 200 or 204 or 304)
            End();
        else if (Ascii.EqualsIgnoreCase(Field("Transfer-Encoding"u8), "chunked"u8))
            _part = Part.Size;
        else if (!Utf8Parser.TryParse(Field("Content-Length"u8), out _left, out _))
            (_part, _left) = (Part.Whole, long.MaxValue); // until the connection ends
        else if (_left > 0)
            _part = Part.Whole;
        else
            End();
    }

    private void End()
    {
        _part = Part.Head;
        Ended++;
    }

    private static InvalidDataException Broken(ReadOnlySpan<byte> line) => new($"that is not HTTP: {Encoding.ASCII.GetString(line)}");
}

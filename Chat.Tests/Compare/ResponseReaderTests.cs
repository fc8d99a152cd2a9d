using System.Text;
using Chat.Bench.Compare;

namespace Chat.Tests.Compare;

/// <summary>What <c>Chat.Bench compare</c> takes for content in what servers answer, wherever the network cuts it.</summary>
public sealed class ResponseReaderTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Fact]
    public void A_mark_is_found_across_the_chunks_it_was_cut_into() =>
        EachCut($"{Chunked}a\r\ndata: ^000\r\nC;name=value\r\n01234 text\r\n\r\n6\r\n^00005\r\n1\r\n6\r\n2\r\n78\r\n", (reader, pieces) =>
        {
            Assert.Equal("data: ^00001234 text\r\n^00005678", string.Concat(pieces.Select(Encoding.ASCII.GetString)));
            Assert.Equal([1234, 5678], Numbers(pieces));
            Assert.Equal(0, reader.Ended);
        });

    [Fact]
    public void Responses_follow_one_another_whatever_tells_their_length() =>
        EachCut("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\none\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            + $"{Chunked}4\r\n two\r\n0\r\nTrailer: 9\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\n"
            + $"{Chunked}0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n three", (reader, pieces) =>
        {
            Assert.Equal("one\r\n two three", string.Concat(pieces.Select(Encoding.ASCII.GetString)));
            Assert.Equal(6, reader.Ended);
        });

    [Fact]
    public void What_has_no_length_ends_with_the_connection() =>
        EachCut("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", (reader, pieces) =>
        {
            Assert.Equal("HTTP/1.1 200 OK\r\n\r\n", string.Concat(pieces.Select(Encoding.ASCII.GetString)));
            Assert.Equal(0, reader.Ended);
        });

    [Fact]
    public void The_last_head_can_be_asked() =>
        EachCut("HTTP/1.1 200 OK\r\nEtag: 1\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 Not Found\r\netag:2 \r\nETagged: 3\r\nContent-Length: 1\r\n\r\n2", (reader, _) =>
        {
            Assert.Equal(404, reader.Status);
            Assert.Equal("2", Encoding.ASCII.GetString(reader.Field("Etag"u8)));
            Assert.Equal("", Encoding.ASCII.GetString(reader.Field("Last-Modified"u8)));
        });

    /// <summary>In one piece, in two that are cut at each byte, and byte by byte.</summary>
    private static void EachCut(string text, Action<ResponseReader, IReadOnlyList<byte[]>> check)
    {
        var all = Encoding.ASCII.GetBytes(text);
        for (var at = 0; at < all.Length; at++)
            Check([all[..at], all[at..]]);
        Check([.. all.Chunk(1)]);

        void Check(IReadOnlyList<byte[]> parts)
        {
            var reader = new ResponseReader();
            var pieces = new List<byte[]>();
            foreach (var part in parts)
            {
                ReadOnlySpan<byte> input = part;
                while (reader.Next(ref input) is { IsEmpty: false } piece)
                    pieces.Add(piece.ToArray());
            }
            check(reader, pieces);
        }
    }

    private static List<int> Numbers(IEnumerable<byte[]> pieces)
    {
        var marks = new MarkReader();
        var numbers = new List<int>();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> input = piece;
            while (marks.Next(ref input) is >= 0 and var number)
                numbers.Add(number);
        }
        return numbers;
    }
}

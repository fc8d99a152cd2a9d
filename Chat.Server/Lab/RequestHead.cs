using System.Buffers;
using System.Text;
using Chat.Server.Cluster;

namespace Chat.Server.Lab;

/// <summary>What is looked at in the head of an HTTP/1.1 request (RFC 9112), and what is not shown of it.</summary>
internal static class RequestHead
{
    /// <summary>The query's parameter that names the tap: 8 to 64 characters of <c>[A-Za-z0-9_-]</c>.</summary>
    public const string Parameter = "lab";

    /// <summary>Longer heads are not watched; Kestrel takes no longer ones.</summary>
    public const int MaxBytes = 48 * 1024;

    private const int LineBytes = 8 * 1024;

    private static readonly string[] s_secret = ["Authorization", "Cookie", "Proxy-Authorization", NodePasses.Header];

    /// <summary>Whether this can be the begin of a request to the rooms or the hub that names a tap. Whether it is one, Kestrel knows.</summary>
    public static bool IsOfALab(in ReadOnlySequence<byte> bytes)
    {
        var first = bytes.FirstSpan;
        if (!first.StartsWith("GET /"u8) && !first.StartsWith("POST /"u8) && !first.StartsWith("DELETE /"u8))
            return false;
        // The line may lie in two blocks of memory.
        if (first.Length < bytes.Length && !first.Contains((byte)'\n'))
            first = bytes.Slice(0, Math.Min(bytes.Length, LineBytes)).ToArray();
        var end = first.IndexOf((byte)'\n');
        var target = first[(first.IndexOf((byte)'/') is var at && at >= 0 ? at : 0)..(end < 0 ? first.Length : end)];
        return (target.StartsWith("/api/rooms/"u8) || target.StartsWith("/hubs/"u8))
            && (target.IndexOf("?lab="u8) >= 0 || target.IndexOf("&lab="u8) >= 0);
    }

    /// <summary>Whether it is a name for a tap: one that nobody guesses, if it was made for that.</summary>
    public static bool IsName(string id) => id.Length is >= 8 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Puts asterisks in the place of tokens and cookies, one for each byte, so that lengths stay true.</summary>
    public static void Blank(Span<byte> head)
    {
        var first = true;
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n');
            var line = head[..(end < 0 ? head.Length : end)].TrimEnd((byte)'\r');
            if (first)
                BlankToken(line);
            else if (line.IndexOf((byte)':') is > 0 and var colon && s_secret.Contains(Encoding.ASCII.GetString(line[..colon]), StringComparer.OrdinalIgnoreCase))
                line[(colon + 1)..].TrimStart((byte)' ').Fill((byte)'*');
            first = false;
            head = head[(end < 0 ? head.Length : end + 1)..];
        }
    }

    private static void BlankToken(Span<byte> line)
    {
        ReadOnlySpan<byte> name = "access_token="u8;
        while (line.IndexOf(name) is >= 0 and var at)
        {
            line = line[(at + name.Length)..];
            var end = line.IndexOfAny((byte)'&', (byte)' ');
            line[..(end < 0 ? line.Length : end)].Fill((byte)'*');
        }
    }
}

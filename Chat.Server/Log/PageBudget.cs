using System.Buffers;
using System.Text;
using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// Bounds the JSON of a page of events to about a megabyte, however many events a caller asks for; a page has at least
/// one event. One byte of a body can be six bytes of JSON (<c>\u0001</c>), so a limit on events alone does not bound a
/// page's size.
/// </summary>
internal struct PageBudget
{
    /// <summary>
    /// A page ends with the event that reaches this size. With the default limits the largest event has 100 KB, so a
    /// page stays below a megabyte.
    /// </summary>
    public const int Bytes = 900_000;

    /// <summary>The bytes of an event's field names, numbers, time and quotes.</summary>
    private const int Frame = 160;

    /// <summary>Characters that JSON has as they are, with one byte each: most texts are made of them.</summary>
    private static readonly SearchValues<char> s_unescaped =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except(['"', '\\'])]);

    private int _used;

    /// <summary>Counts an event that was put into the page; false if no more events fit.</summary>
    public bool Take(ChatEvent e) => (_used += Size(e)) < Bytes;

    /// <summary>About how many bytes an event has as JSON.</summary>
    public static int Size(ChatEvent e) => Frame + e.RoomId.Length + e.Id.Length + e.Type.Length
        + (e.ClientId?.Length ?? 0)
        + Size(e.Sender) + Size(e.By) + Size(e.Body) + Size(e.Room?.Name) + Size(e.Room?.Topic);

    private static int Size(UserRef? user) => user is null ? 0 : 20 + user.Id.Length + Size(user.Name);

    private static int Size(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        if (!text.AsSpan().ContainsAnyExcept(s_unescaped))
            return text.Length;
        Span<char> piece = stackalloc char[512];
        var rest = text.AsSpan();
        var bytes = 0;
        while (!rest.IsEmpty)
        {
            ChatJson.Options.Encoder!.Encode(rest, piece, out var read, out var written);
            bytes += Encoding.UTF8.GetByteCount(piece[..written]);
            rest = rest[read..];
        }
        return bytes;
    }
}

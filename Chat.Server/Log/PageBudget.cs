using System.Text;
using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// How many bytes of JSON a page of events may hold: about a megabyte, however many events were asked for, and at least
/// one event. One byte of a body can be six bytes of JSON (<c>\u0001</c>), so a limit on events alone does not bound
/// what a page costs.
/// </summary>
internal struct PageBudget
{
    /// <summary>A page ends with the event that reaches this. The largest event of the default limits has 100 KB, which
    /// leaves it below a megabyte.</summary>
    public const int Bytes = 900_000;

    /// <summary>Names of fields, numbers, the time and quotes.</summary>
    private const int Frame = 160;

    private int _used;

    /// <summary>Counts an event that was put into the page; false if that was the last one.</summary>
    public bool Take(ChatEvent e) => (_used += Size(e)) < Bytes;

    /// <summary>Whether a page ended because of its bytes, and not because there was nothing more.</summary>
    public static bool IsFull(IReadOnlyList<ChatEvent> page)
    {
        var budget = new PageBudget();
        foreach (var e in page)
        {
            if (!budget.Take(e))
                return true;
        }
        return false;
    }

    /// <summary>About how many bytes an event has as JSON.</summary>
    public static int Size(ChatEvent e) => Frame + e.RoomId.Length + e.Id.Length + e.Type.Length
        + (e.ClientId?.Length ?? 0)
        + Size(e.Sender) + Size(e.By) + Size(e.Body) + Size(e.Room?.Name) + Size(e.Room?.Topic);

    private static int Size(UserRef? user) => user is null ? 0 : 20 + user.Id.Length + Size(user.Name);

    private static int Size(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
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

using System.Buffers.Text;
using System.Text;

namespace Chat.Server.Log;

/// <summary>
/// A place in the list of a room's members, which is in the order of names and, among the same names, of ids. Clients
/// see it as an opaque text.
/// </summary>
internal sealed record MemberPlace(string Name, string Id)
{
    private const int MaxLength = 1_000;

    /// <summary>The place before all members.</summary>
    public static MemberPlace First { get; } = new("", "");

    /// <summary>
    /// Parses a text that <see cref="ToString"/> made; null stands for the first place. Returns null for any other
    /// text.
    /// </summary>
    public static MemberPlace? Parse(string? text)
    {
        if (text is null)
            return First;
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n');
        // PostgreSQL accepts no U+0000, and this type makes UTF-8 only.
        return parts is [var id, var name] && !id.Contains('\0', StringComparison.Ordinal)
            && !name.Contains('\0', StringComparison.Ordinal) ? new MemberPlace(name, id) : null;
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Id}\n{Name}"));
}

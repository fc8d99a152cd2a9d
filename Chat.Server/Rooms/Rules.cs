using System.Globalization;
using System.Text;
using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Rooms;

/// <summary>What a value must be like. Each rule answers with the value to use, or throws <c>invalid</c> or <c>too_large</c> naming the field.</summary>
internal static class Rules
{
    public static ChatException Invalid(string field, string rule) => new(ErrorCodes.Invalid, $"{field}: {rule}");

    /// <summary>What cannot be an id of ours is no room: there is no need to ask the log.</summary>
    public static string Id(string? roomId) =>
        IsId(roomId) ? roomId! : throw new ChatException(ErrorCodes.NotFound, "no such room");

    public static bool IsId(string? id) => id is { Length: > 0 and <= 64 } && id.All(char.IsAsciiLetterOrDigit);

    /// <summary>
    /// Null where it cannot be a user's id: then it is nobody's, and there is no need to ask the database.
    /// </summary>
    public static string? UserId(string? userId) => IsId(userId) ? userId : null;

    public static long Seq(string field, long seq) => seq >= 1 ? seq : throw Invalid(field, "a number from 1");

    public static string ClientId(string? clientId) =>
        clientId is { Length: > 0 and <= Limits.ClientIdMax } && clientId.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? clientId
            : throw Invalid("clientId", $"1 to {Limits.ClientIdMax} characters of A-Z, a-z, 0-9, _ and -");

    public static Draft Message(NewMessage? message, int bodyBytes)
    {
        var clientId = ClientId(message?.ClientId);
        var body = WellFormed("body", message!.Body?.Trim() ?? "");
        if (body.Length == 0)
            throw Invalid("body", "a message needs a text");
        if (!VisibleText.ShowsSomething(body))
            throw Invalid("body", "a message needs a text that can be seen");
        if (Encoding.UTF8.GetByteCount(body) > bodyBytes)
            throw new ChatException(ErrorCodes.TooLarge, $"body: at most {bodyBytes} bytes of UTF-8");
        return new Draft(EventTypes.Message, clientId, body, message.ReplyTo is { } replyTo ? Seq("replyTo", replyTo) : null);
    }

    public static string Reaction(string? body)
    {
        var reaction = WellFormed("body", body?.Trim() ?? "");
        if (Encoding.UTF8.GetByteCount(reaction) > Limits.ReactionBytes)
            throw new ChatException(ErrorCodes.TooLarge, $"body: at most {Limits.ReactionBytes} bytes of UTF-8");
        return reaction.EnumerateRunes().Any(r => Deceives(r) && !IsTag(r))
            || (reaction.Length > 0 && !VisibleText.ShowsSomething(reaction))
            ? throw Invalid("body", "one emoji or a short name")
            : reaction;
    }

    public static string RoomName(string? name)
    {
        var trimmed = WellFormed("name", name?.Trim() ?? "").Normalize(NormalizationForm.FormC);
        var length = trimmed.EnumerateRunes().Count();
        return length is >= 1 and <= Limits.RoomNameMax && IsPlain(trimmed) && VisibleText.ShowsSomething(trimmed)
            ? trimmed
            : throw Invalid("name", $"1 to {Limits.RoomNameMax} characters, none of them invisible");
    }

    public static string Topic(string topic)
    {
        var trimmed = WellFormed("topic", topic.Trim());
        return trimmed.EnumerateRunes().Count() <= Limits.TopicMax && IsPlain(trimmed)
            && (trimmed.Length == 0 || VisibleText.ShowsSomething(trimmed))
            ? trimmed
            : throw Invalid("topic", $"at most {Limits.TopicMax} characters, none of them invisible");
    }

    public static (long? Before, long? After, int Limit) Page(PageRequest? page, int pageSize)
    {
        if (page?.Before < 1)
            throw Invalid("before", "a number from 1");
        if (page?.After < 0)
            throw Invalid("after", "a number from 0");
        if (page?.Limit < 1 || page?.Limit > pageSize)
            throw Invalid("limit", $"1 to {pageSize}");
        return (page?.Before, page?.After, page?.Limit ?? pageSize);
    }

    /// <summary>Half of a surrogate pair is not text: it has no UTF-8. PostgreSQL does not accept U+0000.</summary>
    public static string WellFormed(string field, string text)
    {
        if (text.Contains('\0'))
            throw Invalid(field, "U+0000 cannot be stored");
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                throw Invalid(field, "not well-formed Unicode");
            i++;
        }
        return text;
    }

    private static bool IsPlain(string text) => !text.EnumerateRunes().Any(r => Deceives(r) || IsHidden(r));

    /// <summary>
    /// Whether a character is one that no font shows and no script needs, so that a name with it passes for another.
    /// Variation selectors, Mongolian's own ones and joiners are allowed, because they choose how the character before
    /// them looks.
    /// </summary>
    private static bool IsHidden(Rune rune) => VisibleText.IsIgnorable(rune)
        && rune.Value is not (0x200C or 0x200D or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F)
            or (>= 0xE0100 and <= 0xE01EF));

    /// <summary>What the flags of England, Scotland and Wales are spelled with (Unicode TS #51).</summary>
    private static bool IsTag(Rune rune) => rune.Value is >= 0xE0020 and <= 0xE007F;

    /// <summary>
    /// Control characters, and what turns or hides the text around it (Unicode TR #36): a name with these is not what it looks like.
    /// ZWJ and ZWNJ stay: scripts and emoji need them.
    /// </summary>
    private static bool Deceives(Rune rune) => rune.Value is not (0x200C or 0x200D) && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;
}

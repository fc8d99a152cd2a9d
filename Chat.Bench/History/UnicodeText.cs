using System.Text;

namespace Chat.Bench.History;

/// <summary>Text as people all over the world write it, and as careless programs break it.</summary>
public static class UnicodeText
{
    private static readonly string[] Pieces =
    [
        "hello", "Grüße", "Привет", "你好，世界", "こんにちは", "안녕하세요", "ขอบคุณ", "नमस्ते", "שלום", "مرحبا بالعالم",
        "e\u0301\u0323", "Z\u0351\u036b\u0343a\u0357l\u034fgo", "é", "\u1112\u1161\u11ab", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇨🇭", "❤️", "\U0002070E",
        "\u202Eright to left\u202C", "ab\u200Dcd", "\"quoted\"", "\\", "</script>", "&amp;", "{\"json\":1}", "%s %d", "\u0085", "\u2028",
        "line\nbreak", "tab\tbed", "a\u00A0b", "\uFFFD", "ﷺ", "𝒳",
    ];

    /// <summary>A message of one to some dozen pieces, with a number in front, and letters at both ends so that trimming changes nothing.</summary>
    public static string Next(Random random, int number)
    {
        var text = new StringBuilder().Append(number);
        for (var pieces = random.Next(1, 16); pieces > 0; pieces--)
            text.Append(' ').Append(Pieces[random.Next(Pieces.Length)]);
        return text.Append(" ende").ToString();
    }
}

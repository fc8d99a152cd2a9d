using System.Text;
using Chat.Client.Console.Commands;
using Chat.Client.Console.Interactive;
using Chat.Contracts;
using CsCheck;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("漢字 é 👩‍👩‍👧 فارسی‌ها", "漢字 é 👩‍👩‍👧 فارسی‌ها")]
    [InlineData("\u001b[31mred\u001b[0m", "\\u{1b}[31mred\\u{1b}[0m")]
    [InlineData("\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}")]
    [InlineData("c1 \u009b31m", "c1 \\u{9b}31m")]
    [InlineData("evil\u202egnp.exe", "evil\\u{202e}gnp.exe")]
    [InlineData("iso\u2066late\u2069", "iso\\u{2066}late\\u{2069}")]
    [InlineData("zero\u200bwidth\ufeff", "zero\\u{200b}width\\u{feff}")]
    [InlineData("tag\U000E0041", "tag\\u{e0041}")]
    [InlineData("over\rwrite\b\b", "over\\u{d}write\\u{8}\\u{8}")]
    [InlineData("a\r\nb\nc", "a\nb\nc")]
    [InlineData("tab\there", "tab    here")]
    [InlineData("line\u2028sep", "line\\u{2028}sep")]
    [InlineData("null\0", "null\\u{0}")]
    public void What_could_harm_is_written_out_and_the_rest_is_left_alone(string hostile, string shown) =>
        Assert.Equal(shown, TerminalText.Lines(hostile));

    [Fact]
    public void A_lone_surrogate_becomes_a_replacement_character() => Assert.Equal("a\ufffdb", TerminalText.Lines("a\ud800b"));

    [Fact]
    public void A_tower_of_marks_is_cut_down() =>
        Assert.Equal("e" + new string('\u0301', 8) + "x", TerminalText.Lines("e" + new string('\u0301', 500) + "x"));

    [Theory]
    [InlineData("two\nlines", "two lines")]
    [InlineData("two\r\nlines\u001b[2J", "two lines\\u{1b}[2J")]
    public void A_name_stays_on_one_line(string name, string shown) => Assert.Equal(shown, TerminalText.Line(name));

    [Fact]
    public void Whatever_is_thrown_at_it_nothing_harmful_comes_out() =>
        Gen.Int[0, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(c => new Rune(c).ToString()).Array[0, 60].Select(string.Concat).Sample(
            text => TerminalText.Lines(text).EnumerateRunes().All(r => r.Value == '\n' || !TerminalText.MustShow(r)), iter: 2_000);

    [Fact]
    public void Json_for_a_terminal_reads_back_as_the_same_text_and_holds_nothing_harmful()
    {
        const string Hostile = "\u001b[2J \u202e \u009b \U000E0041 漢";
        var json = Json.Line(new NewMessage("k", Hostile));

        Assert.DoesNotContain(json.EnumerateRunes(), TerminalText.MustShow);
        Assert.Contains("漢", json, StringComparison.Ordinal);
        Assert.Equal(Hostile, System.Text.Json.JsonSerializer.Deserialize<NewMessage>(json, ChatJson.Options)!.Body);
    }
}

using System.Text.RegularExpressions;
using Chat.Client.Console.Commands;
using Chat.Tests.Support;

namespace Chat.Tests.Terminal;

public sealed partial class TerminalWriterTests
{
    [Theory]
    [InlineData("a\nb\tc", "a\nb\tc")]
    [InlineData("\u001b]0;title\u0007", "\\u{1b}]0;title\\u{7}")]
    [InlineData("\u001b]52;c;ZXZpbA==\u001b\\", "\\u{1b}]52;c;ZXZpbA==\\u{1b}\\")]
    [InlineData("\u009b2J\u0085", "\\u{9b}2J\\u{85}")]
    [InlineData("\roverwritten", "\\u{d}overwritten")]
    [InlineData("\u202eturned\u2066", "\\u{202e}turned\\u{2066}")]
    [InlineData("Ünïcødé 漢字 👩‍🚀 مرحبا", "Ünïcødé 漢字 👩‍🚀 مرحبا")]
    public async Task Whatever_is_written_in_whatever_way_reaches_the_terminal_clean(string text, string shown)
    {
        var way = new StringWriter();
        await using var writer = new TerminalWriter(way);

        writer.Write(text);
        writer.Write(text.AsSpan());
        writer.Write(text.ToCharArray());
        writer.Write((object)text);
        await writer.WriteAsync(text);
        await writer.WriteAsync(text.AsMemory(), TestContext.Current.CancellationToken);
        writer.Write("{0}", text);

        Assert.Equal(string.Concat(Enumerable.Repeat(shown, 7)), way.ToString());
        way.GetStringBuilder().Clear();

        writer.WriteLine(text);
        await writer.WriteLineAsync(text);
        await writer.WriteLineAsync(text.AsMemory(), TestContext.Current.CancellationToken);
        writer.WriteLine("{0}", text);

        Assert.Equal(string.Concat(Enumerable.Repeat(shown + writer.NewLine, 4)), way.ToString());
    }

    [Fact]
    public void Sequences_of_the_programs_own_pass()
    {
        var way = new StringWriter();
        using var writer = new TerminalWriter(way);

        writer.Control("\u001b[1m");

        Assert.Equal("\u001b[1m", way.ToString());
    }

    [Fact]
    public void Nothing_in_the_program_writes_past_it()
    {
        var source = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ChatProgram.Path)!, "..", "..", ".."));
        Assert.True(File.Exists(Path.Combine(source, "Chat.Client.Console.csproj")), source);
        var sinners = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                StringComparison.Ordinal) && Path.GetFileName(file) != "Tty.cs")
            .Where(file => Past().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName);

        Assert.Empty(sinners);
    }

    [GeneratedRegex(@"Console\.(Write|WriteLine|Out|Error|OpenStandard(Output|Error)|Title|SetOut)\b")]
    private static partial Regex Past();
}

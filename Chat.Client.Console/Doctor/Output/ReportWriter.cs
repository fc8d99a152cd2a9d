using System.Globalization;
using Chat.Client.Console.Commands;
using Chat.Client.Console.Interactive;
using Terminal.Gui.Text;

namespace Chat.Client.Console.Doctor.Output;

/// <summary>
/// Lines for people: coloured and broken at the width of a terminal, as they are in a pipe. Everything that others wrote is made safe.
/// </summary>
internal sealed class ReportWriter(TerminalWriter to, int? width, bool coloured)
{
    private const string Red = "31", Green = "32", Yellow = "33", Bold = "1", Quiet = "2";

    /// <summary>For standard output as it is.</summary>
    public static ReportWriter For(Invocation invocation) => new(
        invocation.Out, Tty.OutputIsTerminal ? Math.Max(40, System.Console.WindowWidth) : null, Tty.OutputIsTerminal && !Tty.NoColour);

    /// <summary>How many lines are written.</summary>
    public int Count { get; private set; }

    public void Blank() => WriteLine();

    public void Heading(string text) => Paragraph(text, 0, Bold);

    public void Note(string text) => Paragraph(text, 0, Quiet);

    /// <summary>Text, broken at the width, each line indented.</summary>
    public void Paragraph(string text, int indent, string? style = null)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            foreach (var line in Wrap(TerminalText.Line(paragraph), indent))
                WriteLine((new string(' ', indent), null), (line, style));
        }
    }

    /// <summary>Lines to be copied: never broken.</summary>
    public void Code(string text, int indent)
    {
        foreach (var line in text.Split('\n'))
            WriteLine((new string(' ', indent) + TerminalText.Line(line), null));
    }

    /// <summary>A mark, what was looked at, what was seen; what does not fit goes on below.</summary>
    public void Finding(Finding finding, int column)
    {
        var indent = column + 4;
        var lines = Wrap(TerminalText.Line(finding.Seen), indent).ToList();
        WriteLine(Mark(finding.Level), ($" {Pad(finding.Check, column)}  {lines[0]}", null));
        foreach (var line in lines.Skip(1))
            WriteLine((new string(' ', indent) + line, null));
    }

    /// <summary>A row of a table with a mark before it.</summary>
    public void Row(Level? level, string cells)
    {
        if (level is { } known)
            WriteLine(Mark(known), ($" {cells}", null));
        else
            WriteLine(("  ", null), (cells, Quiet));
    }

    /// <summary>A cell filled up to a width.</summary>
    public static string Pad(string text, int columns, bool right = false)
    {
        var rest = new string(' ', Math.Max(0, columns - text.GetColumns()));
        return right ? rest + text : text + rest;
    }

    /// <summary>A duration in at most six columns; empty for none.</summary>
    public static string Time(TimeSpan? time) => time?.TotalMilliseconds switch
    {
        null => "",
        < 9.95 and var ms => string.Create(CultureInfo.InvariantCulture, $"{ms:0.0} ms"),
        < 999.5 and var ms => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
        < 99_950 and var ms => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.0} s"),
        var ms => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0} s"),
    };

    private static (string Text, string? Style) Mark(Level level) => level switch
    {
        Level.Ok => ("✓", Green),
        Level.Warn => ("!", Yellow),
        Level.Fail => ("✗", Red),
        _ => ("–", Quiet),
    };

    private void WriteLine(params ReadOnlySpan<(string Text, string? Style)> pieces)
    {
        Count++;
        foreach (var (text, style) in pieces)
        {
            var styled = coloured && style is not null && text.Length > 0;
            if (styled)
                to.Control($"\u001b[{style}m");
            to.Write(text);
            if (styled)
                to.Control("\u001b[0m");
        }
        to.WriteLine();
    }

    private IEnumerable<string> Wrap(string text, int indent)
    {
        if (width is not { } columns)
        {
            yield return text;
            yield break;
        }
        var room = Math.Max(20, columns - indent);
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.GetColumns() + 1 + word.GetColumns() > room)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }
        yield return line;
    }
}

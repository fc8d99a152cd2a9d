using System.Drawing;
using Chat.Client.Console.Interactive;
using Terminal.Gui.Drivers;
using Terminal.Gui.ViewBase;

namespace Chat.Client.Console.Screen;

/// <summary>Where the person writes. Grows with the text up to a few rows, then scrolls.</summary>
public sealed class InputPane(Inks inks, InputLine input) : Pane(inks)
{
    private const int MostRows = 6;
    private const string Prompt = "> ";

    /// <summary>How many rows the text wants at a width.</summary>
    public int RowsAt(int columns) => Math.Clamp(Lay(columns).Rows.Count, 1, MostRows);

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var (rows, caret) = Lay(Viewport.Width);
        var first = Math.Max(0, Math.Min(caret.Y - Viewport.Height + 1, rows.Count - Viewport.Height));
        for (var row = 0; row < Viewport.Height; row++)
        {
            var at = first + row;
            DrawRow(row, [new Span(at == 0 ? Prompt : "  ", Ink.Strong), new Span(at < rows.Count ? rows[at] : "")]);
        }
        Cursor = new Cursor { Position = ViewportToScreen(new Point(Prompt.Length + caret.X, caret.Y - first)), Style = CursorStyle.SteadyBar };
        return true;
    }

    // Rows are cut between characters, not at blanks, so that the caret never jumps while a word grows.
    private (List<string> Rows, Point Caret) Lay(int columns)
    {
        var width = Math.Max(2, columns - Prompt.Length - 1);
        var rows = new List<string> { "" };
        var caret = default(Point);
        var used = 0;
        var at = 0;
        foreach (var cluster in Columns.Clusters(input.Text))
        {
            if (at == input.Caret)
                caret = new Point(used, rows.Count - 1);
            at += cluster.Length;
            var shown = cluster == "\n" ? "" : TerminalText.Lines(cluster);
            var wide = Columns.Width(shown);
            if (cluster == "\n" || used + wide > width)
            {
                rows.Add("");
                used = 0;
            }
            rows[^1] += shown;
            used += wide;
        }
        if (at == input.Caret)
            caret = new Point(used, rows.Count - 1);
        return (rows, caret);
    }
}

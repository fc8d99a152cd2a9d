using Terminal.Gui.Text;

namespace Chat.Client.Console.Commands;

/// <summary>Rows whose cells begin below each other.</summary>
public static class Table
{
    /// <summary>One row; a cell that is wider than its column pushes the others. Width is counted in columns of a terminal.</summary>
    public static string Row(params ReadOnlySpan<(string Text, int Width)> cells)
    {
        var row = "";
        foreach (var (text, width) in cells)
            row += text + new string(' ', Math.Max(0, width - text.GetColumns())) + "  ";
        return row.TrimEnd();
    }
}

using Chat.Client.Console.Interactive;
using Terminal.Gui.ViewBase;

namespace Chat.Client.Console.Screen;

/// <summary>A part of the screen that draws its rows itself, on the terminal's own background.</summary>
public abstract class Pane(Inks inks) : View
{
    /// <summary>Draws a row from its left edge: the pieces as far as they fit, then blanks.</summary>
    protected void DrawRow(int row, IEnumerable<Span> spans, Ink fill = Ink.Normal)
    {
        var left = Viewport.Width;
        Move(0, row);
        foreach (var span in spans)
        {
            // The layout has cleaned the text already; cleaning it here, too, covers whatever a layout forgot.
            var safe = TerminalText.Shown(span.Text);
            var text = Columns.Width(safe) <= left ? safe : Columns.Cut(safe, left);
            SetAttribute(inks.Of(span));
            AddStr(text);
            left -= Columns.Width(text);
        }
        SetAttribute(inks.Of(fill));
        AddStr(new string(' ', Math.Max(0, left)));
    }
}

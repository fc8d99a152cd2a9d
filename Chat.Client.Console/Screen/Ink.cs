using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Chat.Client.Console.Screen;

/// <summary>What a piece of text is, from which follows how it looks.</summary>
public enum Ink
{
    /// <summary>What people say.</summary>
    Normal,

    /// <summary>What matters less: times, joins, separators.</summary>
    Quiet,

    /// <summary>What should be seen: unread counts, my own name.</summary>
    Strong,

    /// <summary>The current room, bars.</summary>
    Bar,

    /// <summary>Not sent yet.</summary>
    Pending,

    /// <summary>Refused; not connected.</summary>
    Wrong,

    /// <summary>What is new since the last look; connected.</summary>
    Right,

    /// <summary>The name of somebody; see <see cref="Inks.Name"/>.</summary>
    Name,
}

/// <summary>A piece of a line.</summary>
/// <param name="Text">Of one line, safe for a terminal.</param>
/// <param name="Ink">How it looks.</param>
/// <param name="Of">Of <see cref="Ink.Name"/>: whose.</param>
public sealed record Span(string Text, Ink Ink = Ink.Normal, string? Of = null);

/// <summary>How each ink looks. Without colours, by weight alone, on the terminal's own foreground and background.</summary>
/// <param name="colours">Whether colours may be used.</param>
public sealed class Inks(bool colours)
{
    private static readonly ColorName16[] s_names =
        [ColorName16.Cyan, ColorName16.Green, ColorName16.Yellow, ColorName16.Magenta, ColorName16.BrightBlue, ColorName16.BrightRed];

    /// <summary>The attribute to draw a piece with.</summary>
    public Attribute Of(Span span) => span.Ink == Ink.Name ? Name(span.Of ?? span.Text) : Of(span.Ink);

    /// <summary>The attribute of an ink.</summary>
    public Attribute Of(Ink ink) => ink switch
    {
        Ink.Quiet or Ink.Pending => Plain(TextStyle.Faint),
        Ink.Strong => Plain(TextStyle.Bold),
        Ink.Bar => Plain(TextStyle.Reverse),
        Ink.Wrong => colours ? Coloured(ColorName16.BrightRed, TextStyle.None) : Plain(TextStyle.Bold),
        Ink.Right => colours ? Coloured(ColorName16.Green, TextStyle.None) : Plain(TextStyle.None),
        Ink.Name => Plain(TextStyle.Bold),
        _ => Plain(TextStyle.None),
    };

    // The same person has the same colour in every run, which GetHashCode would not give.
    private Attribute Name(string id)
    {
        if (!colours)
            return Plain(TextStyle.Bold);
        var sum = 0u;
        foreach (var c in id)
            sum = (sum * 31) + c;
        return Coloured(s_names[sum % s_names.Length], TextStyle.Bold);
    }

    private static Attribute Plain(TextStyle style) => new(Color.None, Color.None, style);

    private static Attribute Coloured(ColorName16 colour, TextStyle style) => new(new Color(colour), Color.None, style);
}

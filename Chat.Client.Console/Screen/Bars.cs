using System.Globalization;
using Chat.Client.Console.Interactive;
using Chat.Contracts;
using Terminal.Gui.ViewBase;

namespace Chat.Client.Console.Screen;

/// <summary>The top row: the room, its topic, and who I am.</summary>
public sealed class TitleBar(Inks inks, Conversation conversation, Uri server) : Pane(inks)
{
    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var me = conversation.Me is { } user ? $"{TerminalText.Line(user.Name)} at {server.Authority} " : $"{server.Authority} ";
        var title = conversation.Current is { } room
            ? $" {RoomNames.Title(room)}{(room.Topic.Length > 0 ? $" – {TerminalText.Line(room.Topic)}" : "")}"
            : " Chat";
        var left = Viewport.Width - Columns.Width(me) - 1;
        // On a narrow screen the room matters more than the server.
        DrawRow(0, left >= Math.Min(20, Columns.Width(title)) ? [new Span(Columns.Fit(title, left) + " " + me, Ink.Bar)] : [new Span(Columns.Fit(title, Viewport.Width), Ink.Bar)], Ink.Bar);
        return true;
    }
}

/// <summary>The bottom row: transport, state, round trip, what is not sent, who is typing.</summary>
public sealed class StatusBar(Inks inks, Conversation conversation) : Pane(inks)
{
    /// <summary>Something to say for a moment, such as the candidates of a completion; empty for none.</summary>
    public string Hint { get; set; } = "";

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var status = conversation.Status;
        var state = status.State == ConnectionState.Connected ? new Span(" ● ", Ink.Right) : new Span(" ○ ", Ink.Wrong);
        var text = TransportNames.Describe(status);
        if (status is { State: ConnectionState.Connected, RoundTrip: { } trip })
            text += string.Create(CultureInfo.InvariantCulture, $", {trip.TotalMilliseconds:0} ms");
        if (conversation.Unsent.Count > 0)
            text += $", {conversation.Unsent.Count} to send";
        if (!conversation.Attentive)
            text += ", scrolled up (Ctrl-End)";

        const string Help = "  F1 help ";
        var rest = Hint.Length > 0 ? Hint : TypingText(conversation.Typing);
        if (rest.Length > 0)
            text += $"  {rest}";
        var left = Viewport.Width - 3 - Help.Length;
        DrawRow(0, [state, new Span(Columns.Fit(text, left), Ink.Normal), new Span(Help, Ink.Quiet)]);
        return true;
    }

    /// <summary>Who is typing, in a few words; empty if nobody is.</summary>
    public static string TypingText(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "",
        1 => $"{TerminalText.Line(names[0])} is typing…",
        2 => $"{TerminalText.Line(names[0])} and {TerminalText.Line(names[1])} are typing…",
        _ => $"{names.Count} people are typing…",
    };
}

/// <summary>Commands and keys, over the timeline.</summary>
public sealed class HelpPane(Inks inks) : Pane(inks)
{
    private readonly string[] _lines = $"{HelpText.ForKeys()}\n\n{HelpText.For("")}".Split('\n');
    private int _first;

    /// <summary>Scrolls so many rows; up is negative.</summary>
    public void Scroll(int rows)
    {
        _first = Math.Clamp(_first + rows, 0, Math.Max(0, _lines.Length - Viewport.Height + 1));
        SetNeedsDraw();
    }

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        for (var row = 0; row < Viewport.Height - 1; row++)
            DrawRow(row, [new Span(_first + row < _lines.Length ? $" {_lines[_first + row]}" : "")]);
        DrawRow(Viewport.Height - 1, [new Span(" PgUp PgDn scroll, Esc closes", Ink.Bar)], Ink.Bar);
        return true;
    }
}

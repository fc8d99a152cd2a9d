using System.Globalization;
using Chat.Client.Console.Interactive;
using Chat.Contracts;
using Terminal.Gui.ViewBase;

namespace Chat.Client.Console.Screen;

/// <summary>The rooms, with what is unread in each; the current one stands out.</summary>
public sealed class RoomsPane(Inks inks, Conversation conversation) : Pane(inks)
{
    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        var rooms = conversation.Rooms;
        var current = rooms.ToList().FindIndex(r => r.Id == conversation.CurrentId);
        var first = Math.Max(0, Math.Min(current - (Viewport.Height / 2), rooms.Count - Viewport.Height));
        var columns = Viewport.Width - 1;
        for (var row = 0; row < Viewport.Height; row++)
        {
            var at = first + row;
            var spans = at < rooms.Count ? Entry(rooms[at], at == current, columns) : [new Span(Columns.Fit("", columns))];
            DrawRow(row, [.. spans, new Span("│", Ink.Quiet)]);
        }
        return true;
    }

    private IEnumerable<Span> Entry(Room room, bool isCurrent, int columns)
    {
        var unread = isCurrent && conversation.Attentive ? 0 : room.Unread;
        var count = unread switch
        {
            0 => "",
            >= 1000 => " 999+ ",
            _ => string.Create(CultureInfo.InvariantCulture, $" {unread} "),
        };
        var name = Columns.Fit($" {Presence(room)}{RoomNames.Title(room)}", columns - count.Length);
        yield return new Span(name, isCurrent ? Ink.Bar : unread > 0 ? Ink.Strong : Ink.Normal);
        yield return new Span(count, isCurrent ? Ink.Bar : Ink.Right);
    }

    // The other person asks (?), is there (●), away (◐) or not there (○); blank while the server has not said.
    private string Presence(Room room)
    {
        if (room.Kind != RoomKind.Direct)
            return "";
        if (room.Request == RequestSide.Theirs)
            return "? ";
        var other = room.Members.FirstOrDefault(m => m.Id != conversation.Me?.Id);
        return (other is null ? null : conversation.People.State(other.Id)) switch
        {
            PresenceState.Online => "● ",
            PresenceState.Away => "◐ ",
            PresenceState.Offline => "○ ",
            _ => "  ",
        };
    }
}

using Chat.Client.Console.Interactive;
using Terminal.Gui.ViewBase;

namespace Chat.Client.Console.Screen;

/// <summary>
/// What was said in the current room. At its end it follows what arrives; scrolled up it stays where it is, and at the top it
/// loads what is older.
/// </summary>
public sealed class TimelinePane(Inks inks, Conversation conversation) : Pane(inks)
{
    private IReadOnlyList<TimelineRow> _rows = [];
    private string? _room;
    // The row at the bottom edge; null while following the end.
    private (string Key, int Part)? _anchor;

    /// <summary>Whether the newest row is in sight.</summary>
    public bool AtEnd => _anchor is null;

    /// <summary>Scrolls so many rows; up is negative.</summary>
    public void Scroll(int rows)
    {
        var bottom = Math.Clamp(Bottom() + rows, Math.Min(Viewport.Height, _rows.Count), _rows.Count);
        HoldAt(bottom);
        if (rows < 0 && bottom <= Viewport.Height + 5)
            LoadOlder();
    }

    /// <summary>Scrolls by nearly a page, so that the eye keeps two rows.</summary>
    public void Page(int direction) => Scroll(direction * Math.Max(1, Viewport.Height - 2));

    /// <summary>To the oldest row that is loaded.</summary>
    public void ToTop() => Scroll(-_rows.Count);

    /// <summary>To the newest row.</summary>
    public void ToEnd() => HoldAt(_rows.Count);

    /// <inheritdoc/>
    protected override bool OnDrawingContent(DrawContext? context)
    {
        if (_room != conversation.CurrentId)
        {
            _room = conversation.CurrentId;
            HoldAt(int.MaxValue);
        }
        _rows = new TimelineLayout(conversation.Text, Viewport.Width).Lay(conversation.Timeline, conversation.Pending, conversation.Me, conversation.NewAfter);
        var bottom = Bottom();
        // A room that fits is read from the top of the pane like a page, but its last row stands next to the input.
        var blank = Math.Max(0, Viewport.Height - bottom);
        for (var row = 0; row < Viewport.Height; row++)
            DrawRow(row, row < blank ? [] : _rows[bottom - Viewport.Height + row].Spans);
        return true;
    }

    private int Bottom()
    {
        if (_anchor is not { } anchor)
            return _rows.Count;
        for (var i = _rows.Count - 1; i >= 0; i--)
        {
            if (_rows[i].Key == anchor.Key && (_rows[i].Part <= anchor.Part || i == 0))
                return Math.Max(i + 1, Math.Min(Viewport.Height, _rows.Count));
        }
        return _rows.Count;
    }

    private void HoldAt(int bottom)
    {
        _anchor = bottom >= _rows.Count ? null : (_rows[bottom - 1].Key, _rows[bottom - 1].Part);
        conversation.Attentive = AtEnd;
        if (AtEnd)
            conversation.MarkRead();
        SetNeedsDraw();
    }

    private void LoadOlder()
    {
        // Without an anchor the view would follow the end while rows come in above.
        if (!conversation.Timeline.Complete)
            _ = conversation.LoadOlderAsync();
    }
}

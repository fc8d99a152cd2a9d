using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>
/// What is known of one room's log: an unbroken run of events that grows at its end as they arrive, and at its beginning
/// as history is loaded; and the notices of this program between them. Not thread-safe.
/// </summary>
/// <param name="capacity">Most events kept; beyond it <see cref="Trim"/> forgets the oldest.</param>
public sealed class Timeline(int capacity = 1_000)
{
    private readonly List<ChatEvent> _events = [];
    private readonly List<NoticeItem> _notices = [];
    private IReadOnlyList<TimelineItem>? _items;
    private int _noticeCount;

    /// <summary>The lowest number held; null while nothing is.</summary>
    public long? Oldest => _events.Count == 0 ? null : _events[0].Seq;

    /// <summary>The highest number held; 0 while nothing is.</summary>
    public long Newest => _events.Count == 0 ? 0 : _events[^1].Seq;

    /// <summary>Whether the room's first event is held, or the room has none.</summary>
    public bool Complete { get; private set; }

    /// <summary>Whether a first page was asked for.</summary>
    public bool Opened { get; set; }

    /// <summary>The events held, ascending.</summary>
    public IReadOnlyList<ChatEvent> Events => _events;

    /// <summary>Appends an event as it arrives; one that is held already changes nothing.</summary>
    public void Append(ChatEvent e)
    {
        if (e.Seq <= Newest)
            return;
        // Numbers that were not visible to me (I was away from the room) break the run: what is older comes back by scrolling.
        if (Newest != 0 && e.Seq != Newest + 1)
        {
            _events.Clear();
            Complete = false;
        }
        _events.Add(e);
        Complete |= e.Seq == 1;
        _items = null;
    }

    /// <summary>Adds a page of history. An empty one says that there is nothing older.</summary>
    public void Prepend(EventPage page)
    {
        var older = page.Events.Where(e => Oldest is not { } oldest || e.Seq < oldest).ToList();
        if (older.Count == 0 || older[0].Seq == 1)
            Complete = true;
        _events.InsertRange(0, older);
        _items = null;
    }

    /// <summary>Adds a line of this program's own after what is held now.</summary>
    public void Note(string text, DateTimeOffset at)
    {
        _notices.Add(new NoticeItem(Newest, _noticeCount++, text, at));
        if (_notices.Count > 500)
            _notices.RemoveAt(0);
        _items = null;
    }

    /// <summary>Forgets the oldest events beyond the capacity; for when nobody looks at them.</summary>
    public void Trim()
    {
        // A tenth at a time, so that a busy room does not pay for each event.
        if (_events.Count <= capacity + (capacity / 10))
            return;
        _events.RemoveRange(0, _events.Count - capacity);
        _notices.RemoveAll(n => n.After < _events[0].Seq);
        Complete = false;
        _items = null;
    }

    /// <summary>The newest message that fits and was not taken back; null if there is none.</summary>
    public MessageItem? Last(Func<MessageItem, bool> fits) => Items.OfType<MessageItem>().LastOrDefault(m => !m.Deleted && fits(m));

    /// <summary>A message by its number; null if it is not held or is none.</summary>
    public MessageItem? Find(long seq) => Items.OfType<MessageItem>().FirstOrDefault(m => m.Event.Seq == seq);

    /// <summary>What to show, ascending: messages as they read now, what happened, and notices.</summary>
    public IReadOnlyList<TimelineItem> Items => _items ??= TimelineItem.From(_events, _notices);
}

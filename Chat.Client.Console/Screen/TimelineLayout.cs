using System.Globalization;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Screen;

/// <summary>One row of the timeline.</summary>
/// <param name="Key">Of which entry; a row keeps it while the entry is shown, whatever comes above or below.</param>
/// <param name="Part">Which row of the entry, from 0.</param>
/// <param name="Spans">From left to right.</param>
public sealed record TimelineRow(string Key, int Part, IReadOnlyList<Span> Spans);

/// <summary>Lays a timeline out in rows of a width. Pure.</summary>
/// <param name="text">How times and events are written.</param>
/// <param name="columns">The width.</param>
public sealed class TimelineLayout(EventText text, int columns)
{
    /// <summary>The mark before the name of a guest, which anybody could have taken.</summary>
    public const string GuestMark = "~";

    private const int Indent = 6;

    private readonly List<TimelineRow> _rows = [];
    private string _key = "";
    private int _part;

    /// <summary>The rows of what is in the timeline, and of what is not in it yet, ascending.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="pending">My messages that are on their way, or were refused.</param>
    /// <param name="me">Who I am.</param>
    /// <param name="newAfter">The number after which messages of others are new; null if none are.</param>
    public IReadOnlyList<TimelineRow> Lay(Timeline timeline, IEnumerable<OutgoingMessage> pending, User? me, long? newAfter)
    {
        _rows.Clear();
        if (timeline.Complete)
            Row("top", [new Span(Columns.Fit("", Indent)), new Span("The beginning of the room", Ink.Quiet)]);
        var day = default(DateTime);
        foreach (var item in timeline.Items)
        {
            if (EventOf(item) is { } e)
            {
                if (text.Local(e).Date is var date && date != day)
                    Rule($"d{date:yyyyMMdd}", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Ink.Quiet);
                day = date;
                if (item is MessageItem && e.Seq > newAfter && e.Sender.Id != me?.Id)
                {
                    Rule("new", "new", Ink.Right);
                    newAfter = null;
                }
            }
            Item(item, me);
        }
        foreach (var message in pending)
            Pending(message, me);
        return _rows;
    }

    private static ChatEvent? EventOf(TimelineItem item) => item switch
    {
        MessageItem message => message.Event,
        HappeningItem happening => happening.Event,
        _ => null,
    };

    private void Item(TimelineItem item, User? me)
    {
        Begin(item.Key);
        switch (item)
        {
            case MessageItem message:
                Message(message, me);
                break;
            case HappeningItem happening:
                Wrapped([new Span($"{text.Clock(happening.Event)} ", Ink.Quiet)], EventText.Change(happening.Event), Ink.Quiet);
                break;
            case NoticeItem notice:
                Wrapped([new Span("   -- ", Ink.Quiet)], notice.Text, Ink.Normal);
                break;
        }
    }

    private void Message(MessageItem message, User? me)
    {
        var e = message.Event;
        if (text.Folds(e))
        {
            Wrapped([new Span($"{text.Clock(e)} ", Ink.Quiet)], EventText.Folded, Ink.Quiet);
            return;
        }
        if (e.ReplyTo is { } to)
        {
            var quoted = message.Answers is { Body: { } body } answered && !text.Folds(answered)
                ? $"{TerminalText.Line(answered.Sender.Name)}: {TerminalText.Line(body)}" : $"#{to}";
            Row([new Span(Columns.Fit("", Indent)), new Span(Columns.Fit($"↳ {quoted}", columns - Indent).TrimEnd(), Ink.Quiet)]);
        }

        var said = message.Body ?? "(deleted)";
        var action = message.Deleted ? null : EventText.Action(said);
        var head = new List<Span> { new($"{text.Clock(e)} ", Ink.Quiet) };
        if (text.Numbers)
            head.Add(new Span($"#{e.Seq} ", Ink.Quiet));
        if (action is not null)
            head.Add(new Span("* "));
        var name = TerminalText.Line(e.Sender.Name);
        if (e.Sender.Kind == UserKind.Guest && e.Sender.Id != me?.Id)
            head.Add(new Span(GuestMark, Ink.Quiet));
        head.Add(e.Sender.Id == me?.Id ? new Span(name, Ink.Strong) : new Span(name, Ink.Name, e.Sender.Id));
        head.Add(new Span(action is null ? ": " : " "));
        Wrapped(head, TerminalText.Lines(action ?? said), message.Deleted ? Ink.Quiet : Ink.Normal, message.Edited && !message.Deleted ? " (edited)" : "");

        if (message.Reactions.Count > 0)
        {
            var reactions = string.Join("  ", message.Reactions.Select(r => $"{TerminalText.Line(r.Reaction)} {r.Count}"));
            Row([new Span(Columns.Fit("", Indent)), new Span(Columns.Cut(reactions, columns - Indent), Ink.Quiet)]);
        }
    }

    private void Pending(OutgoingMessage message, User? me)
    {
        Begin($"o{message.ClientId}");
        var mark = message.Failure is null ? new Span("  …   ", Ink.Pending) : new Span("  ✗   ", Ink.Wrong);
        var ink = message.Failure is null ? Ink.Pending : Ink.Normal;
        Wrapped([mark, new Span($"{TerminalText.Line(me?.Name ?? "me")}: ", ink)], TerminalText.Lines(message.Body), ink);
        if (message.Failure is { } failure)
            Wrapped([new Span(Columns.Fit("", Indent))], $"not sent: {TerminalText.Line(failure.Message)}", Ink.Wrong);
    }

    // The head stands in the first row; further rows begin below the head's time.
    private void Wrapped(IReadOnlyList<Span> head, string body, Ink ink, string after = "")
    {
        var used = Math.Max(0, head.Sum(s => Columns.Width(s.Text)) - Indent);
        var rows = Columns.Wrap(body, columns - Indent, used);
        for (var i = 0; i < rows.Count; i++)
        {
            var spans = new List<Span>(i == 0 ? head : [new Span(Columns.Fit("", Indent))]) { new(rows[i], ink) };
            if (i == rows.Count - 1 && after.Length > 0)
                spans.Add(new Span(after, Ink.Quiet));
            Row(spans);
        }
    }

    private void Rule(string key, string label, Ink ink)
    {
        var side = Math.Max(2, (columns - label.Length - 2) / 2);
        Row(key, [new Span($"{new string('─', side)} {label} {new string('─', Math.Max(2, columns - side - label.Length - 2))}", ink)]);
    }

    private void Begin(string key) => (_key, _part) = (key, 0);

    private void Row(string key, IReadOnlyList<Span> spans)
    {
        Begin(key);
        Row(spans);
    }

    private void Row(IReadOnlyList<Span> spans) => _rows.Add(new TimelineRow(_key, _part++, spans));
}

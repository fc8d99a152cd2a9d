using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>One entry of a timeline, as it reads now.</summary>
/// <param name="Key">Stays the same while the entry is shown.</param>
public abstract record TimelineItem(string Key)
{
    /// <summary>Applies edits, deletions and reactions to the messages they are about, and puts each notice in its place.</summary>
    public static IReadOnlyList<TimelineItem> From(IReadOnlyList<ChatEvent> events, IReadOnlyList<NoticeItem> notices)
    {
        var edits = new Dictionary<long, string?>();
        var deleted = new HashSet<long>();
        var reactions = new Dictionary<long, Dictionary<string, string>>();
        var senders = new Dictionary<long, ChatEvent>();
        foreach (var e in events)
        {
            switch (e.Type)
            {
                case EventTypes.Message:
                    senders[e.Seq] = e;
                    break;
                case EventTypes.Edit when e.Target is { } target:
                    edits[target] = e.Body;
                    break;
                case EventTypes.Delete when e.Target is { } target:
                    deleted.Add(target);
                    break;
                case EventTypes.Reaction when e.Target is { } target:
                    var of = reactions.TryGetValue(target, out var known) ? known : reactions[target] = [];
                    if (string.IsNullOrEmpty(e.Body))
                        of.Remove(e.Sender.Id);
                    else
                        of[e.Sender.Id] = e.Body;
                    break;
            }
        }

        var items = new List<TimelineItem>(events.Count + notices.Count);
        var next = 0;
        foreach (var e in events)
        {
            while (next < notices.Count && notices[next].After < e.Seq)
                items.Add(notices[next++]);
            if (e.Type == EventTypes.Message)
                items.Add(Message(e));
            else if (e.Type is EventTypes.Join or EventTypes.Leave or EventTypes.Room)
                items.Add(new HappeningItem(e));
        }
        items.AddRange(notices.Skip(next));
        return items;

        MessageItem Message(ChatEvent e) => new(e)
        {
            Body = deleted.Contains(e.Seq) ? null : edits.GetValueOrDefault(e.Seq) ?? e.Body,
            Edited = edits.ContainsKey(e.Seq),
            Answers = e.ReplyTo is { } to ? senders.GetValueOrDefault(to) : null,
            Reactions = reactions.TryGetValue(e.Seq, out var of)
                ? [.. of.Values.GroupBy(r => r).Select(g => (g.Key, g.Count())).OrderByDescending(r => r.Item2).ThenBy(r => r.Key, StringComparer.Ordinal)]
                : [],
        };
    }
}

/// <summary>A message.</summary>
public sealed record MessageItem(ChatEvent Event) : TimelineItem($"e{Event.Seq}")
{
    /// <summary>The text as last edited; null if it was taken back.</summary>
    public string? Body { get; init; }

    /// <summary>Whether it was taken back.</summary>
    public bool Deleted => Body is null;

    /// <summary>Whether its text was replaced.</summary>
    public bool Edited { get; init; }

    /// <summary>The message it answers, where that is held.</summary>
    public ChatEvent? Answers { get; init; }

    /// <summary>Each reaction and how many people put it there, the most frequent first.</summary>
    public IReadOnlyList<(string Reaction, int Count)> Reactions { get; init; } = [];
}

/// <summary>A join, a leave, or a change of the room.</summary>
public sealed record HappeningItem(ChatEvent Event) : TimelineItem($"e{Event.Seq}");

/// <summary>A line of this program's own, such as the answer of a command.</summary>
/// <param name="After">The number of the event that it follows.</param>
/// <param name="Ordinal">Its place among the notices of the timeline.</param>
/// <param name="Text">May have several lines.</param>
/// <param name="At">When it was said.</param>
public sealed record NoticeItem(long After, int Ordinal, string Text, DateTimeOffset At) : TimelineItem($"n{Ordinal}");

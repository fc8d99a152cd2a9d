namespace Chat.Bench.History;

/// <summary>Judges a history against every promise of <see cref="Rules"/>, and explains.</summary>
public static class Checker
{
    private const int Shown = 20;

    /// <summary>All violations; none for a good history.</summary>
    public static IReadOnlyList<Violation> Check(ChatHistory history) =>
    [
        .. LogRules.Check(history),
        .. OrderRules.Check(history),
        .. MembershipRules.Check(history),
        .. ObserverRules.Check(history),
    ];

    /// <summary>For each watch the number that its observer must have seen at last; 0 for none. The final logs must be there.</summary>
    public static IEnumerable<(Watch Watch, long Seq)> Goals(ChatHistory history)
    {
        var rooms = history.Logs.ToDictionary(l => l.Key, l => (Stays: new Stays(l.Key, l.Value, history.Moves), Head: l.Value.Count > 0 ? l.Value[^1].Seq : 0));
        var owed = new Owed(history);
        return from watch in history.Watches
               where rooms.ContainsKey(watch.RoomId)
               let room = rooms[watch.RoomId]
               let shown = history.SeenBy(watch.Observer).Where(o => o.Event.RoomId == watch.RoomId).Select(o => o.Event.Seq).ToHashSet()
               let last = owed.To(watch, room.Stays, shown) is [.., var stay] ? Math.Min(stay.To, room.Head) : 0
               select (watch, last > watch.After ? last : 0);
    }

    /// <summary>What the history is about, in one line.</summary>
    public static string Summary(ChatHistory history) =>
        $"history: {history.Sends.Count} sends, {history.Sends.Count(s => s.Acked is not null)} acknowledged, "
        + $"{history.Logs.Values.Sum(log => log.Count)} events in {history.Logs.Count} logs, "
        + $"{history.Watches.Count} watches, {history.Observed} deliveries";

    /// <summary>What was broken, some of each rule, and what led to the first of each. Never a body.</summary>
    public static string Explain(ChatHistory history, IReadOnlyList<Violation> violations)
    {
        var lines = new List<string> { $"{violations.Count} broken promises." };
        foreach (var rule in violations.GroupBy(v => v.Rule))
        {
            lines.AddRange(rule.Take(Shown).Select(v => v.ToString()));
            lines.Add($"({rule.Key}: {rule.Count()} in all)");
            lines.AddRange(Story.Of(history, rule.First()));
        }
        return string.Join(Environment.NewLine, lines);
    }
}

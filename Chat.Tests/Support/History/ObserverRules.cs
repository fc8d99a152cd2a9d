using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>What clients must have been shown, given the log and who may see what.</summary>
internal static class ObserverRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        foreach (var watch in history.Watches)
        {
            var seen = history.SeenBy(watch.Observer).Select(o => o.Event).Where(e => e.RoomId == watch.RoomId).ToList();
            foreach (var violation in Stream(watch, seen).Concat(Membership(history, watch, seen)).Concat(Converged(history, watch, seen)))
                yield return violation;
        }
        foreach (var violation in Unwatched(history).Concat(OneOrder(history)))
            yield return violation;
    }

    private static IEnumerable<Violation> Stream(Watch watch, List<ChatEvent> seen)
    {
        var last = watch.After;
        foreach (var e in seen)
        {
            if (e.Seq != last + 1)
                yield return new(Rules.Stream, $"{watch.Observer} in room {watch.RoomId}: {e.Seq} came after {last}");
            last = Math.Max(last, e.Seq);
        }
    }

    private static IEnumerable<Violation> Membership(ChatHistory history, Watch watch, List<ChatEvent> seen) =>
        from e in seen
        where IsHidden(history, watch, e.Seq)
        select new Violation(Rules.Membership, $"{watch.Observer} was shown number {e.Seq} of room {watch.RoomId}");

    private static IEnumerable<Violation> Converged(ChatHistory history, Watch watch, List<ChatEvent> seen)
    {
        var expected = history.Logs.GetValueOrDefault(watch.RoomId, [])
            .Where(e => e.Seq > watch.After && !IsHidden(history, watch, e.Seq)).Select(e => e.Seq);
        var missing = expected.Except(seen.Select(e => e.Seq)).ToList();
        if (missing.Count > 0)
            yield return new(Rules.Converged, $"{watch.Observer} never saw {missing.Count} of room {watch.RoomId}: {string.Join(", ", missing.Take(10))}");
    }

    private static IEnumerable<Violation> Unwatched(ChatHistory history)
    {
        var watched = history.Watches.Select(w => (w.Observer, w.RoomId)).ToHashSet();
        return from o in history.AllSeen()
               where !watched.Contains((o.Observer, o.Event.RoomId))
               select new Violation(Rules.Membership, $"{o.Observer} was shown number {o.Event.Seq} of room {o.Event.RoomId}, which it is not in");
    }

    private static IEnumerable<Violation> OneOrder(ChatHistory history)
    {
        var logs = history.Logs.ToDictionary(l => l.Key, l => l.Value.GroupBy(e => e.Seq).ToDictionary(e => e.Key, e => e.First()));
        foreach (var (observer, shown, _) in history.AllSeen())
        {
            var stored = logs.GetValueOrDefault(shown.RoomId)?.GetValueOrDefault(shown.Seq);
            if (stored?.Id != shown.Id)
                yield return new(Rules.OneOrder, $"{observer} was shown {shown.ClientId ?? shown.Type} as number {shown.Seq} of room {shown.RoomId}; the log has {stored?.ClientId ?? stored?.Type ?? "nothing"} there");
            else if (!string.Equals(stored.Body, shown.Body, StringComparison.Ordinal))
                yield return new(Rules.Unaltered, $"{observer} was shown number {shown.Seq} of room {shown.RoomId} with another body than the log's");
        }
    }

    private static bool IsHidden(ChatHistory history, Watch watch, long seq) =>
        history.HiddenNumbers.Any(h => h.UserId == watch.UserId && h.RoomId == watch.RoomId && seq > h.After && seq <= h.UpTo);
}

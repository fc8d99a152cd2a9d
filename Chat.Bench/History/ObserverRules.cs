using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>What clients must have been shown, given the log and who was in the room when.</summary>
internal static class ObserverRules
{
    private const int Named = 10;

    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        var rooms = history.Logs.ToDictionary(l => l.Key, l => new Stays(l.Key, l.Value, history.Moves));
        var owed = new Owed(history);
        foreach (var watches in history.Watches.GroupBy(w => w.Observer))
        {
            var seen = history.SeenBy(watches.Key).ToLookup(o => o.Event.RoomId);
            foreach (var watch in watches)
            {
                if (!rooms.TryGetValue(watch.RoomId, out var room))
                    room = new Stays(watch.RoomId, [], []);
                var shown = seen[watch.RoomId].ToList();
                var stays = owed.To(watch, room, [.. shown.Select(o => o.Event.Seq)]);
                foreach (var violation in Stream(watch, stays, shown).Concat(Membership(watch, room, shown)).Concat(Converged(history, watch, stays, shown)))
                    yield return violation with { RoomId = watch.RoomId };
            }
        }
        foreach (var violation in OneOrder(history))
            yield return violation;
    }

    private static IEnumerable<Violation> Stream(Watch watch, IReadOnlyList<Stay> owed, List<Observation> seen)
    {
        var last = watch.After;
        foreach (var seq in seen.Select(o => o.Event.Seq))
        {
            if (seq <= last || owed.Any(s => Math.Max(s.From, last + 1) <= Math.Min(s.To, seq - 1)))
                yield return new(Rules.Stream, $"{watch.Observer} in room {watch.RoomId}: {seq} came after {last}") { Seq = seq };
            last = Math.Max(last, seq);
        }
    }

    private static IEnumerable<Violation> Membership(Watch watch, Stays room, List<Observation> seen) =>
        from o in seen
        where !room.MaySee(watch.UserId, o.Event.Seq, o.At)
        select new Violation(Rules.Membership, $"{watch.Observer} was shown number {o.Event.Seq} of room {watch.RoomId}, in which it was not")
        {
            Seq = o.Event.Seq,
        };

    private static IEnumerable<Violation> Converged(ChatHistory history, Watch watch, IReadOnlyList<Stay> owed, List<Observation> seen)
    {
        var shown = seen.Select(o => o.Event.Seq).ToHashSet();
        var missing = history.Logs.GetValueOrDefault(watch.RoomId, []).Select(e => e.Seq)
            .Where(seq => seq > watch.After && !shown.Contains(seq) && owed.Any(s => s.From <= seq && seq <= s.To)).ToList();
        if (missing.Count > 0)
            yield return new(Rules.Converged, $"{watch.Observer} never saw {missing.Count} of room {watch.RoomId}: {string.Join(", ", missing.Take(Named))}") { Seq = missing[0] };
    }

    private static IEnumerable<Violation> OneOrder(ChatHistory history)
    {
        var logs = history.Logs.ToDictionary(l => l.Key, l => l.Value.GroupBy(e => e.Seq).ToDictionary(e => e.Key, e => e.First()));
        var deletions = history.Logs.ToDictionary(l => l.Key, l => new Deletions(l.Value));
        var sent = history.Sends.GroupBy(s => s.ClientId).ToDictionary(s => s.Key, s => s.First().Body);
        foreach (var (observer, shown, _) in history.AllSeen())
        {
            var stored = logs.GetValueOrDefault(shown.RoomId)?.GetValueOrDefault(shown.Seq);
            var about = new Violation("", "") { RoomId = shown.RoomId, Seq = shown.Seq };
            if (stored?.Id != shown.Id)
            {
                yield return about with
                {
                    Rule = Rules.OneOrder,
                    What = $"{observer} was shown {shown.ClientId ?? shown.Type} as number {shown.Seq} of room {shown.RoomId}; the log has {stored?.ClientId ?? stored?.Type ?? "nothing"} there",
                };
            }
            else if (!LogRules.Same(stored.Body, shown.Body) && !WasBefore(stored, shown))
            {
                yield return about with
                {
                    Rule = Rules.Unaltered,
                    What = $"{observer} was shown number {shown.Seq} of room {shown.RoomId} with another body than the log's",
                };
            }
        }

        // Who saw it before it was deleted, saw what was sent.
        bool WasBefore(ChatEvent stored, ChatEvent shown) => deletions[stored.RoomId].Blanks(stored)
            && stored.ClientId is { } id && sent.TryGetValue(id, out var body) && LogRules.Same(body, shown.Body);
    }
}

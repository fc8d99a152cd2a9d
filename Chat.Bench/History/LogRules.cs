using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>What the log must hold, given what was sent and acknowledged.</summary>
internal static class LogRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        var sends = history.Sends.ToLookup(s => s.RoomId);
        foreach (var (roomId, log) in history.Logs)
        {
            foreach (var violation in Dense(roomId, log).Concat(Contents(roomId, log, [.. sends[roomId]])))
                yield return violation with { RoomId = roomId };
        }
        foreach (var send in history.Sends.Where(s => s.Acked is not null && !history.Logs.ContainsKey(s.RoomId)))
            yield return new(Rules.Acked, $"{Name(send)} was acknowledged, and its room has no log");
    }

    private static IEnumerable<Violation> Dense(string roomId, IReadOnlyList<ChatEvent> log)
    {
        for (var i = 0; i < log.Count; i++)
        {
            if (log[i].Seq == i + 1)
                continue;
            yield return new(Rules.Dense, $"room {roomId}: number {log[i].Seq} stands where {i + 1} should") { Seq = i + 1 };
            yield break;
        }
    }

    private static IEnumerable<Violation> Contents(string roomId, IReadOnlyList<ChatEvent> log, IReadOnlyList<Send> sends)
    {
        var entries = log.Where(e => e.ClientId is not null || e.Type == EventTypes.Message).ToLookup(e => e.ClientId);
        var deletions = new Deletions(log);
        foreach (var send in sends)
        {
            var found = entries[send.ClientId].ToList();
            var about = new Violation("", "") { Seq = found.Count > 0 ? found[0].Seq : send.Seq };
            if (send.Refused is not null && found.Count > 0)
                yield return about with { Rule = Rules.Refused, What = $"{Name(send)} was refused as {send.Refused}, and is number {found[0].Seq}" };
            if (send.Acked is not null && found.Count != 1)
                yield return about with { Rule = Rules.Acked, What = $"{Name(send)} was acknowledged as {send.Seq}, and is in the log {found.Count} times" };
            else if (send.Acked is not null && found[0].Seq != send.Seq)
                yield return about with { Rule = Rules.Acked, What = $"{Name(send)} was acknowledged as {send.Seq}, and is number {found[0].Seq}" };
            if (send.Acked is null && found.Count > 1)
                yield return about with { Rule = Rules.Unknown, What = $"{Name(send)} is in the log {found.Count} times: {string.Join(", ", found.Select(e => e.Seq))}" };
            foreach (var entry in found)
            {
                if (deletions.Blanks(entry) && entry.Body is not null)
                    yield return about with { Rule = Rules.Deleted, What = $"{Name(send)}, number {entry.Seq}, was deleted, and its body is still in the log" };
                else if (!deletions.Blanks(entry) && !Same(entry.Body, send.Body))
                    yield return about with { Rule = Rules.Unaltered, What = $"{Name(send)}, number {entry.Seq}, is not in the log as it was sent" };
            }
        }

        var known = sends.Select(s => s.ClientId).ToHashSet();
        foreach (var entry in entries.Where(e => e.Key is null || !known.Contains(e.Key)).SelectMany(e => e))
            yield return new(Rules.Phantom, $"room {roomId}: number {entry.Seq}, {entry.ClientId}, was sent by nobody") { Seq = entry.Seq };
    }

    internal static string Name(Send send) => $"{send.Client}'s {(send.Type == EventTypes.Message ? "" : send.Type + " ")}{send.ClientId} to room {send.RoomId}";

    /// <summary>An empty text and none are the same: a reaction that is taken back has one or the other.</summary>
    internal static bool Same(string? one, string? other) => string.Equals(one ?? "", other ?? "", StringComparison.Ordinal);
}

/// <summary>Which entries of a log have lost their bodies by rights.</summary>
internal sealed class Deletions(IEnumerable<ChatEvent> log)
{
    private readonly Dictionary<long, long> _deletedBy = log.Where(e => e is { Type: EventTypes.Delete, Target: not null })
        .GroupBy(e => e.Target!.Value).ToDictionary(e => e.Key, e => e.Max(d => d.Seq));

    /// <summary>A message that was deleted, and the edits of it that were before.</summary>
    public bool Blanks(ChatEvent e) => e.Type switch
    {
        EventTypes.Message => _deletedBy.ContainsKey(e.Seq),
        EventTypes.Edit => e.Target is { } target && _deletedBy.TryGetValue(target, out var by) && e.Seq < by,
        _ => false,
    };
}

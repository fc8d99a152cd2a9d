using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>What the log must hold, given what was sent and acknowledged.</summary>
internal static class LogRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        var sends = history.Sends.ToLookup(s => s.RoomId);
        foreach (var (roomId, log) in history.Logs)
        {
            foreach (var violation in Dense(roomId, log).Concat(Contents(roomId, log, [.. sends[roomId]])))
                yield return violation;
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
            yield return new(Rules.Dense, $"room {roomId}: number {log[i].Seq} stands where {i + 1} should");
            yield break;
        }
    }

    private static IEnumerable<Violation> Contents(string roomId, IReadOnlyList<ChatEvent> log, IReadOnlyList<Send> sends)
    {
        var entries = log.Where(e => e.Type == EventTypes.Message).ToLookup(e => e.ClientId);
        foreach (var send in sends)
        {
            var found = entries[send.ClientId].ToList();
            if (send.Refused is not null && found.Count > 0)
                yield return new(Rules.Refused, $"{Name(send)} was refused as {send.Refused}, and is number {found[0].Seq}");
            if (send.Acked is not null && found.Count != 1)
                yield return new(Rules.Acked, $"{Name(send)} was acknowledged as {send.Seq}, and is in the log {found.Count} times");
            else if (send.Acked is not null && found[0].Seq != send.Seq)
                yield return new(Rules.Acked, $"{Name(send)} was acknowledged as {send.Seq}, and is number {found[0].Seq}");
            if (send.Acked is null && found.Count > 1)
                yield return new(Rules.Unknown, $"{Name(send)} is in the log {found.Count} times: {string.Join(", ", found.Select(e => e.Seq))}");
            foreach (var entry in found.Where(e => !string.Equals(e.Body, send.Body, StringComparison.Ordinal)))
                yield return new(Rules.Unaltered, $"{Name(send)}, number {entry.Seq}, is not in the log as it was sent");
        }

        var known = sends.Select(s => s.ClientId).ToHashSet();
        foreach (var entry in entries.Where(e => e.Key is null || !known.Contains(e.Key)).SelectMany(e => e))
            yield return new(Rules.Phantom, $"room {roomId}: number {entry.Seq}, {entry.ClientId}, was sent by nobody");
    }

    internal static string Name(Send send) => $"{send.Client}'s {send.ClientId} to room {send.RoomId}";
}

using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.History;

/// <summary>The shortest history around a violation: the log there, who sent it when, and when it was seen. Ids, numbers and times; never a body.</summary>
internal static class Story
{
    private const int Around = 2;
    private const int Observers = 6;

    public static IEnumerable<string> Of(ChatHistory history, Violation violation)
    {
        if (violation is not { RoomId: { } roomId, Seq: { } seq })
            return [];
        var near = history.Logs.GetValueOrDefault(roomId, []).Where(e => Math.Abs(e.Seq - seq) <= Around).ToList();
        var ids = near.Select(e => e.ClientId).OfType<string>().ToHashSet();
        var lines = new List<(long At, string What)>();
        foreach (var send in history.Sends.Where(s => s.RoomId == roomId && (ids.Contains(s.ClientId) || (s.Seq is { } told && Math.Abs(told - seq) <= Around))))
        {
            lines.Add((send.Started, $"{send.Client} begins {send.Type} {send.ClientId}"));
            if (send.Acked is { } acked)
                lines.Add((acked, $"{send.Client} is told that {send.ClientId} is number {send.Seq}"));
            else if (send.Refused is { } code)
                lines.Add((send.Started, $"{send.Client} is later told that {send.ClientId} is refused as {code}"));
        }
        var seen = history.AllSeen().Where(o => o.Event.RoomId == roomId && Math.Abs(o.Event.Seq - seq) <= Around).ToList();
        // Those whom the violation names, then the first others.
        foreach (var observer in seen.GroupBy(o => o.Observer).OrderByDescending(o => violation.What.Contains(o.Key, StringComparison.Ordinal)).Take(Observers))
            lines.AddRange(observer.Select(o => (o.At, $"{o.Observer} is shown number {o.Event.Seq}, {o.Event.ClientId ?? o.Event.Type}")));
        return near.Select(e => $"    the log has {e.Type} {e.ClientId} by {e.Sender.Name} as number {e.Seq}")
            .Concat(lines.OrderBy(l => l.At).Select(l => $"    {Seconds(history, l.At)} {l.What}"));
    }

    private static string Seconds(ChatHistory history, long at) =>
        string.Create(CultureInfo.InvariantCulture, $"{(double)(at - history.Began) / Stopwatch.Frequency,9:0.000} s");
}

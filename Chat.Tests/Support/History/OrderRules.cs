using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>In which order messages must stand in a room's log, given when they were sent and acknowledged.</summary>
internal static class OrderRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        foreach (var room in history.Sends.GroupBy(s => s.RoomId))
        {
            if (!history.Logs.TryGetValue(room.Key, out var log))
                continue;
            var numbers = new Dictionary<string, long>();
            foreach (var e in log.Where(e => e.Type == EventTypes.Message && e.ClientId is not null))
                numbers.TryAdd(e.ClientId!, e.Seq);

            var stored = room.Where(s => numbers.ContainsKey(s.ClientId)).Select(s => (Send: s, Seq: numbers[s.ClientId])).ToList();
            foreach (var violation in SenderOrder(stored).Concat(RealTime(stored)))
                yield return violation;
        }
    }

    private static IEnumerable<Violation> SenderOrder(IEnumerable<(Send Send, long Seq)> stored)
    {
        foreach (var client in stored.GroupBy(s => s.Send.Client))
        {
            var inOrder = client.OrderBy(s => s.Send.Order).ToList();
            foreach (var ((first, firstSeq), (second, secondSeq)) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (secondSeq < firstSeq)
                    yield return new(Rules.SenderOrder, $"{LogRules.Name(first)} is number {firstSeq}, and {second.ClientId}, sent after it, is {secondSeq}");
            }
        }
    }

    /// <summary>Walks through time, with the highest number acknowledged so far in the hand: whatever begins now must get a higher one.</summary>
    private static IEnumerable<Violation> RealTime(List<(Send Send, long Seq)> stored)
    {
        var acks = new Queue<(Send Send, long Seq)>(stored.Where(s => s.Send.Acked is not null).OrderBy(s => s.Send.Acked));
        (Send Send, long Seq)? highest = null;
        foreach (var (send, seq) in stored.OrderBy(s => s.Send.Started))
        {
            while (acks.TryPeek(out var ack) && ack.Send.Acked < send.Started)
            {
                acks.Dequeue();
                if (highest is null || ack.Seq > highest.Value.Seq)
                    highest = ack;
            }
            if (highest is { } before && seq < before.Seq)
                yield return new(Rules.RealTime, $"{LogRules.Name(before.Send)} was acknowledged as {before.Seq} before {LogRules.Name(send)} was begun, which is {seq}");
        }
    }
}

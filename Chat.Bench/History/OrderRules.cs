using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>In which order things must stand in a room's log, given when they were begun and acknowledged.</summary>
internal static class OrderRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        var sends = history.Sends.ToLookup(s => s.RoomId);
        foreach (var (roomId, log) in history.Logs)
        {
            var numbers = new Dictionary<string, long>();
            foreach (var e in log.Where(e => e.ClientId is not null))
                numbers.TryAdd(e.ClientId!, e.Seq);

            var stored = sends[roomId].Where(s => numbers.ContainsKey(s.ClientId)).Select(s => (Send: s, Seq: numbers[s.ClientId])).ToList();
            var placed = stored.Select(s => new Placed(LogRules.Name(s.Send), s.Send.Started, s.Send.Acked, s.Seq)).Concat(Moves(history, roomId, log));
            foreach (var violation in SenderOrder(stored).Concat(RealTime([.. placed])))
                yield return violation with { RoomId = roomId };
        }
    }

    /// <summary>Only of messages: an edit goes out beside them.</summary>
    private static IEnumerable<Violation> SenderOrder(IEnumerable<(Send Send, long Seq)> stored)
    {
        foreach (var client in stored.Where(s => s.Send.Type == EventTypes.Message).GroupBy(s => s.Send.Client))
        {
            var inOrder = client.OrderBy(s => s.Send.Order).ToList();
            foreach (var ((first, firstSeq), (second, secondSeq)) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (secondSeq < firstSeq)
                    yield return new(Rules.SenderOrder, $"{LogRules.Name(first)} is number {firstSeq}, and {second.ClientId}, sent after it, is {secondSeq}") { Seq = secondSeq };
            }
        }
    }

    /// <summary>Walks through time, with the highest number acknowledged so far in the hand: whatever begins now must get a higher one.</summary>
    private static IEnumerable<Violation> RealTime(List<Placed> placed)
    {
        var acks = new Queue<Placed>(placed.Where(p => p.Acked is not null).OrderBy(p => p.Acked));
        Placed? highest = null;
        foreach (var next in placed.OrderBy(p => p.Started))
        {
            while (acks.TryPeek(out var ack) && ack.Acked < next.Started)
            {
                acks.Dequeue();
                if (highest is null || ack.Seq > highest.Seq)
                    highest = ack;
            }
            if (highest is not null && next.Seq < highest.Seq)
                yield return new(Rules.RealTime, $"{highest.Name} was acknowledged as {highest.Seq} before {next.Name} was begun, which is {next.Seq}") { Seq = next.Seq };
        }
    }

    /// <summary>The nth call is the nth event, since each is begun after the one before has succeeded.</summary>
    private static IEnumerable<Placed> Moves(ChatHistory history, string roomId, IReadOnlyList<ChatEvent> log) =>
        from user in history.Moves.Where(m => m.RoomId == roomId).GroupBy(m => m.UserId)
        where user.All(m => m.Sure)
        from calls in user.GroupBy(m => (m.UserId, m.In))
        let type = calls.Key.In ? EventTypes.Join : EventTypes.Leave
        from pair in calls.OrderBy(m => m.Started).Zip(log.Where(e => e.Type == type && e.Sender.Id == calls.Key.UserId))
        select new Placed($"user {calls.Key.UserId}'s {type} of room {roomId}", pair.First.Started, pair.First.Done, pair.Second.Seq);

    private sealed record Placed(string Name, long Started, long? Acked, long Seq);
}

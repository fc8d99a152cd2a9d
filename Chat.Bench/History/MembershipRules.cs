using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>Who may have written and seen what, given who was in a room when.</summary>
internal static class MembershipRules
{
    public static IEnumerable<Violation> Check(ChatHistory history)
    {
        var stays = history.Logs.ToDictionary(l => l.Key, l => new Stays(l.Key, l.Value, history.Moves));
        return Writing(history, stays).Concat(Moves(history)).Concat(Unwatched(history));
    }

    private static IEnumerable<Violation> Writing(ChatHistory history, Dictionary<string, Stays> stays) =>
        from log in history.Logs
        from e in log.Value
        where e.ClientId is not null && !stays[log.Key].Has(e.Sender.Id, e.Seq)
        select new Violation(Rules.Membership, $"number {e.Seq} of room {log.Key} is by {e.Sender.Name}, who was not in it then")
        {
            RoomId = log.Key,
            Seq = e.Seq,
        };

    private static IEnumerable<Violation> Moves(ChatHistory history) =>
        from user in history.Moves.GroupBy(m => (m.UserId, m.RoomId))
        where user.All(m => m.Sure || m.Done is null)
        from calls in user.GroupBy(m => (m.UserId, m.RoomId, m.In))
        let type = calls.Key.In ? EventTypes.Join : EventTypes.Leave
        let found = history.Logs.GetValueOrDefault(calls.Key.RoomId, []).Count(e => e.Type == type && e.Sender.Id == calls.Key.UserId)
        let done = calls.Count(m => m.Done is not null)
        where found < done || found > calls.Count()
        select new Violation(Rules.Moves, $"user {calls.Key.UserId} in room {calls.Key.RoomId}: {found} {type} events for {done} to {calls.Count()} calls")
        {
            RoomId = calls.Key.RoomId,
        };

    private static IEnumerable<Violation> Unwatched(ChatHistory history)
    {
        var watched = history.Watches.Select(w => (w.Observer, w.RoomId)).ToHashSet();
        return from o in history.AllSeen()
               where !watched.Contains((o.Observer, o.Event.RoomId))
               select new Violation(Rules.Membership, $"{o.Observer} was shown number {o.Event.Seq} of room {o.Event.RoomId}, which it is not in")
               {
                   RoomId = o.Event.RoomId,
                   Seq = o.Event.Seq,
               };
    }
}

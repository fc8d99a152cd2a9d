using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>
/// Who was in a room when, by its log: from each join up to the leave after it, both included. Each stay is paired with the recorded call that began it,
/// where calls were recorded.
/// </summary>
internal sealed class Stays
{
    private readonly Dictionary<string, List<Stay>> _byUser = [];

    private readonly HashSet<string> _unsure = [];

    public Stays(string roomId, IReadOnlyList<ChatEvent> log, IEnumerable<Move> moves)
    {
        foreach (var e in log)
        {
            if (e.Type == EventTypes.Join)
                Of(e.Sender.Id).Add(new Stay(e.Seq, long.MaxValue));
            else if (e.Type == EventTypes.Leave && Of(e.Sender.Id) is [.., { To: long.MaxValue } last] stays)
                stays[^1] = last with { To = e.Seq };
        }
        foreach (var user in moves.Where(m => m.RoomId == roomId).GroupBy(m => m.UserId))
        {
            var stays = Of(user.Key);
            if (!user.All(m => m.Sure))
                _unsure.Add(user.Key);
            foreach (var (n, call) in user.Where(m => m.In).OrderBy(m => m.Started).Index().Take(stays.Count))
                stays[n] = stays[n] with { Call = call };
            foreach (var (n, call) in user.Where(m => !m.In).OrderBy(m => m.Started).Index().Take(stays.Count))
                stays[n] = stays[n] with { Leave = call };
        }
    }

    /// <summary>Whether a user was in the room at a number.</summary>
    public bool Has(string userId, long seq) => Of(userId).Any(s => s.From <= seq && seq <= s.To);

    /// <summary>
    /// Whether a user may have been shown a number at a time: at any time if it lies in a stay; else only after somebody had asked for the
    /// next stay, for members see what was before.
    /// </summary>
    public bool MaySee(string userId, long seq, long at) =>
        Has(userId, seq) || (Of(userId).FirstOrDefault(s => s.From > seq)?.Call is { } call && (call.Started <= at || _unsure.Contains(userId)));

    /// <summary>Whether a call about this user was repeated, so that calls and events cannot be paired.</summary>
    public bool IsUnsure(string userId) => _unsure.Contains(userId);

    /// <summary>A user's stays, in their order.</summary>
    public List<Stay> Of(string userId)
    {
        if (!_byUser.TryGetValue(userId, out var stays))
            _byUser[userId] = stays = [];
        return stays;
    }
}

/// <summary>From a join up to the leave after it, both included; open at the end if there is none.</summary>
internal sealed record Stay(long From, long To)
{
    /// <summary>The call that began it, where calls were recorded.</summary>
    public Move? Call { get; init; }

    /// <summary>The call that ended it, where calls were recorded.</summary>
    public Move? Leave { get; init; }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>
/// Everything that clients did and saw in a test, and what the log says in the end; <see cref="Checker"/> judges it.
/// Recording is thread-safe; each observer's observations are recorded by one thread at a time.
/// </summary>
/// <param name="clock">A monotonic clock; the machine's if null.</param>
public sealed class ChatHistory(Func<long>? clock = null)
{
    private readonly Func<long> _clock = clock ?? Stopwatch.GetTimestamp;
    private readonly ConcurrentQueue<Send> _sends = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Observation>> _observations = new();
    private readonly ConcurrentQueue<Watch> _watches = new();
    private readonly ConcurrentQueue<Hidden> _hidden = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<ChatEvent>> _logs = new();
    private long _order;

    /// <summary>All sends so far.</summary>
    public IReadOnlyCollection<Send> Sends => _sends;

    /// <summary>Who watches what.</summary>
    public IReadOnlyCollection<Watch> Watches => _watches;

    /// <summary>What must not be seen.</summary>
    public IReadOnlyCollection<Hidden> HiddenNumbers => _hidden;

    /// <summary>The final log of each room.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ChatEvent>> Logs => _logs;

    /// <summary>Somebody hands a message to its client library: call it before, in the order of that client's calls.</summary>
    public Send Started(string client, string roomId, string clientId, string body)
    {
        var send = new Send
        {
            Client = client,
            RoomId = roomId,
            ClientId = clientId,
            Body = body,
            Started = _clock(),
            Order = Interlocked.Increment(ref _order),
        };
        _sends.Enqueue(send);
        return send;
    }

    /// <summary>The sender was told: durable, under this number.</summary>
    public void Acked(Send send, long seq)
    {
        send.Seq = seq;
        send.Acked = _clock();
    }

    /// <summary>A client begins to watch a room, after a number.</summary>
    public void Watching(string observer, string userId, string roomId, long after) =>
        _watches.Enqueue(new Watch(observer, userId, roomId, after));

    /// <summary>A client was shown an event.</summary>
    public void Observed(string observer, ChatEvent e) =>
        _observations.GetOrAdd(observer, static _ => new()).Enqueue(new Observation(observer, e, _clock()));

    /// <summary>These numbers must never be shown to this user.</summary>
    public void MayNotSee(string userId, string roomId, long after, long upTo = long.MaxValue) =>
        _hidden.Enqueue(new Hidden(userId, roomId, after, upTo));

    /// <summary>What the log of a room holds when all is over, as it was read.</summary>
    public void FinalLog(string roomId, IReadOnlyList<ChatEvent> events) => _logs[roomId] = events;

    /// <summary>What an observer was shown, in its order.</summary>
    public IReadOnlyCollection<Observation> SeenBy(string observer) =>
        _observations.TryGetValue(observer, out var seen) ? seen : [];

    /// <summary>All observers with what they were shown.</summary>
    public IEnumerable<Observation> AllSeen() => _observations.Values.SelectMany(seen => seen);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>
/// Everything that clients did and saw, and what the log says in the end; <see cref="Checker"/> judges it.
/// Recording is thread-safe; each observer's observations are recorded by one thread at a time.
/// </summary>
/// <param name="clock">A monotonic clock; the machine's if null.</param>
public sealed class ChatHistory(Func<long>? clock = null)
{
    private readonly Func<long> _clock = clock ?? Stopwatch.GetTimestamp;
    private readonly ConcurrentQueue<Send> _sends = new();
    private readonly ConcurrentQueue<Move> _moves = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Observation>> _observations = new();
    private readonly ConcurrentQueue<Watch> _watches = new();
    private readonly ConcurrentQueue<Absence> _absences = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<ChatEvent>> _logs = new();
    private readonly ConcurrentDictionary<(string RoomId, long Seq), ChatEvent> _shown = new();
    private long _order;
    private long _observed;

    /// <summary>All sends so far.</summary>
    public IReadOnlyCollection<Send> Sends => _sends;

    /// <summary>All comings and goings so far.</summary>
    public IReadOnlyCollection<Move> Moves => _moves;

    /// <summary>Who watches what.</summary>
    public IReadOnlyCollection<Watch> Watches => _watches;

    /// <summary>Who was away, and is back.</summary>
    public IReadOnlyCollection<Absence> Absences => _absences;

    /// <summary>The final log of each room.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ChatEvent>> Logs => _logs;

    /// <summary>How many observations there are.</summary>
    public long Observed => Interlocked.Read(ref _observed);

    /// <summary>When it began, by its own clock.</summary>
    public long Began { get; } = (clock ?? Stopwatch.GetTimestamp)();

    /// <summary>The time now, by its own clock.</summary>
    public long Now => _clock();

    /// <summary>Somebody hands a message to its client library: call it before, in the order of that client's calls.</summary>
    /// <param name="client">Which client.</param>
    /// <param name="roomId">Where to.</param>
    /// <param name="clientId">What the client calls it; nobody else may use it.</param>
    /// <param name="body">The text; null where it has none.</param>
    /// <param name="type">One of <see cref="EventTypes"/>.</param>
    public Send Started(string client, string roomId, string clientId, string? body, string type = EventTypes.Message)
    {
        var send = new Send
        {
            Client = client,
            RoomId = roomId,
            ClientId = clientId,
            Body = body,
            Type = type,
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

    /// <summary>Somebody is about to come into a room or to go.</summary>
    public Move Moving(string userId, string roomId, bool comes)
    {
        var move = new Move { UserId = userId, RoomId = roomId, In = comes, Started = _clock() };
        _moves.Enqueue(move);
        return move;
    }

    /// <summary>It is done; <paramref name="sure"/> if it was asked for once only.</summary>
    public void Moved(Move move, bool sure = true)
    {
        move.Sure = sure;
        move.Done = _clock();
    }

    /// <summary>A client begins to watch a room, after a number.</summary>
    public void Watching(string observer, string userId, string roomId, long after) =>
        _watches.Enqueue(new Watch(observer, userId, roomId, after));

    /// <summary>A client that had lost its connection has one again.</summary>
    public void Back(string observer, long lost) => _absences.Enqueue(new Absence(observer, lost, _clock()));

    /// <summary>A client was shown an event.</summary>
    public void Saw(string observer, ChatEvent e)
    {
        // A thousand observers of one event hold it once; what differs in anything is kept as it was shown.
        var first = _shown.GetOrAdd((e.RoomId, e.Seq), e);
        _observations.GetOrAdd(observer, static _ => new()).Enqueue(new Observation(observer, first == e ? first : e, _clock()));
        Interlocked.Increment(ref _observed);
    }

    /// <summary>What the log of a room holds when all is over, as it was read.</summary>
    public void FinalLog(string roomId, IReadOnlyList<ChatEvent> events) => _logs[roomId] = events;

    /// <summary>The last number in the final log of a room; 0 if there is none.</summary>
    public long FinalHead(string roomId) => _logs.GetValueOrDefault(roomId) is [.., var last] ? last.Seq : 0;

    /// <summary>What an observer was shown, in its order.</summary>
    public IReadOnlyCollection<Observation> SeenBy(string observer) =>
        _observations.TryGetValue(observer, out var seen) ? seen : [];

    /// <summary>All observers with what they were shown.</summary>
    public IEnumerable<Observation> AllSeen() => _observations.Values.SelectMany(seen => seen);
}

using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Relay;

/// <summary>A log whose reads can be held up, counted and failed, and whose word of commits can be lost, doubled and mixed up. Writes pass.</summary>
internal sealed class ScriptedLog : IRoomLog
{
    private readonly IRoomLog _inner;
    private int _reads;
    private int _generations;

    public ScriptedLog(IRoomLog inner)
    {
        _inner = inner;
        inner.Committed += events =>
        {
            foreach (var told in Telling(events))
                Committed?.Invoke(told);
        };
    }

    public event Action<IReadOnlyList<ChatEvent>>? Committed;

    /// <summary>What is told of a commit, in which portions.</summary>
    public Func<IReadOnlyList<ChatEvent>, IEnumerable<IReadOnlyList<ChatEvent>>> Telling { get; set; } = events => [events];

    /// <summary>Runs before something is read.</summary>
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs after something was read, before it is handed over; may throw.</summary>
    public Func<Task> AfterRead { get; set; } = () => Task.CompletedTask;

    /// <summary>Every page that was read: its bound, and how many events were asked for.</summary>
    public ConcurrentQueue<(long Bound, int Limit)> Pages { get; } = new();

    /// <summary>How many generations of events were looked up.</summary>
    public int GenerationsAsked => Volatile.Read(ref _generations);

    /// <summary>Reads so far, of pages and of heads.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Tells of events as if they had just been committed.</summary>
    public void Tell(params ChatEvent[] events) => Committed?.Invoke(events);

    public Task<IReadOnlyList<AppendResult>> AppendAsync(string roomId, UserRef sender, IReadOnlyList<Draft> drafts) => _inner.AppendAsync(roomId, sender, drafts);

    public Task<string> CreateAsync(RoomKind kind, string name, string topic, UserRef owner) => _inner.CreateAsync(kind, name, topic, owner);

    public Task<string> OpenDirectAsync(UserRef me, UserRef other) => _inner.OpenDirectAsync(me, other);

    public Task AddMemberAsync(string roomId, UserRef member, UserRef by) => _inner.AddMemberAsync(roomId, member, by);

    public Task RemoveMemberAsync(string roomId, UserRef member, UserRef by) => _inner.RemoveMemberAsync(roomId, member, by);

    public Task ChangeRoomAsync(string roomId, RoomChange change, UserRef by) => _inner.ChangeRoomAsync(roomId, change, by);

    public Task<ReadMark> MarkReadAsync(string roomId, string userId, long seq) =>
        _inner.MarkReadAsync(roomId, userId, seq);

    public Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation) =>
        PageAsync(after, limit, () => _inner.ReadAfterAsync(roomId, after, limit, cancellation));

    public Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation) =>
        PageAsync(before, limit, () => _inner.ReadBeforeAsync(roomId, before, limit, cancellation));

    public Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation) =>
        ReadAsync(() => _inner.HeadsAsync(roomIds, cancellation));

    public Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(
        IReadOnlyDictionary<string, long> events, CancellationToken cancellation)
    {
        Interlocked.Add(ref _generations, events.Count);
        return _inner.GenerationsAsync(events, cancellation);
    }

    public Task<string> GenerationAsync(CancellationToken cancellation) => _inner.GenerationAsync(cancellation);
    public event Action<IReadOnlyList<string>>? ConsentChanged
    {
        add => _inner.ConsentChanged += value;
        remove => _inner.ConsentChanged -= value;
    }

    public Task<string> RequestDirectAsync(UserRef me, UserRef them, ConsentBounds bounds) =>
        _inner.RequestDirectAsync(me, them, bounds);

    public Task AnswerRequestAsync(string roomId, UserRef me, bool accept, ConsentBounds bounds) =>
        _inner.AnswerRequestAsync(roomId, me, accept, bounds);

    public Task ShowAsync(string roomId, string userId) => _inner.ShowAsync(roomId, userId);

    public Task BlockAsync(UserRef me, UserRef them, ConsentBounds bounds) => _inner.BlockAsync(me, them, bounds);

    public Task UnblockAsync(UserRef me, string otherId) => _inner.UnblockAsync(me, otherId);

    public Task InviteAsync(string roomId, UserRef person, UserRef by, ConsentBounds bounds) =>
        _inner.InviteAsync(roomId, person, by, bounds);

    public Task AnswerInvitationAsync(string roomId, UserRef me, bool accept) =>
        _inner.AnswerInvitationAsync(roomId, me, accept);

    public Task<bool> WithdrawInvitationAsync(string roomId, string userId, UserRef by) =>
        _inner.WithdrawInvitationAsync(roomId, userId, by);

    public Task SettleRequestAsync(string roomId, string userId) => _inner.SettleRequestAsync(roomId, userId);

    public Task SettleInvitationAsync(string userId, string roomId) => _inner.SettleInvitationAsync(userId, roomId);

    public Task SettleBlockAsync(string userId, string otherId) => _inner.SettleBlockAsync(userId, otherId);

    public Task ProbeAsync() => _inner.ProbeAsync();

    private Task<IReadOnlyList<ChatEvent>> PageAsync(long bound, int limit, Func<Task<IReadOnlyList<ChatEvent>>> read)
    {
        Pages.Enqueue((bound, limit));
        return ReadAsync(read);
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        Interlocked.Increment(ref _reads);
        await BeforeRead();
        var answer = await read();
        await AfterRead();
        return answer;
    }
}

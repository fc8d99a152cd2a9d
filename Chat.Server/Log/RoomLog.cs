using System.Diagnostics;
using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Log;

/// <summary>
/// What the logs of all stores have in common: writing, by one committer or several. A room's writes go to one and the same, which therefore is
/// the one place on this node where its order is made and told. A store derives from it and adds reading.
/// </summary>
internal abstract partial class RoomLog : IRoomLog, IDisposable
{
    /// <summary>With what the host waits before, this keeps stopping within ten seconds, even if the store hangs.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(3);

    private readonly GroupCommitter[] _committers;
    private readonly ILogger _logger;

    /// <param name="appenders">Handed over; one for each committer.</param>
    /// <param name="batchSize">See <see cref="LogOptions.BatchSize"/>.</param>
    /// <param name="time">For how long a caller waits.</param>
    /// <param name="logger">For what fails.</param>
    protected RoomLog(IEnumerable<Appender> appenders, int batchSize, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        Kinds = new SenderKinds(time);
        _committers = [.. appenders.Select(a => new GroupCommitter(a, batchSize, events => Committed?.Invoke(events),
            people => ConsentChanged?.Invoke(people), time, logger))];
    }

    public event Action<IReadOnlyList<ChatEvent>>? Committed;

    /// <summary>For events that are read.</summary>
    protected SenderKinds Kinds { get; }

    /// <summary>Transactions and writes committed since the start.</summary>
    public (long Transactions, long Writes) Counts => (_committers.Sum(c => c.Counts.Transactions), _committers.Sum(c => c.Counts.Writes));

    public Task<IReadOnlyList<AppendResult>> AppendAsync(string roomId, UserRef sender, IReadOnlyList<Draft> drafts) =>
        Of(roomId).WriteAsync(new Subject(roomId, sender.Id, Drafts: drafts), log => log.Append(roomId, sender, drafts));

    public Task<string> CreateAsync(RoomKind kind, string name, string topic, UserRef owner)
    {
        var id = OpaqueId.New();
        return Of(id).WriteAsync(new Subject(), log => log.Create(id, kind, name, topic, owner));
    }

    public async Task<string> OpenDirectAsync(UserRef me, UserRef other)
    {
        var key = Appender.DirectKey(me.Id, other.Id);
        if (await FindDirectAsync(key) is { } first)
            return first;
        var id = OpaqueId.New();
        return await Of(id).WriteAsync(new Subject(DirectKey: key), log => log.OpenDirect(id, me, other));
    }

    public Task AddMemberAsync(string roomId, UserRef member, UserRef by) =>
        Of(roomId).WriteAsync(new Subject(roomId, member.Id, by.Id), log => Done(() => log.AddMember(roomId, member, by)));

    public Task RemoveMemberAsync(string roomId, UserRef member, UserRef by) =>
        Of(roomId).WriteAsync(new Subject(roomId, member.Id, by.Id), log => Done(() => log.RemoveMember(roomId, member, by)));

    public Task ChangeRoomAsync(string roomId, RoomChange change, UserRef by) =>
        Of(roomId).WriteAsync(new Subject(roomId, by.Id), log => Done(() => log.ChangeRoom(roomId, change, by)));

    public Task<ReadMark> MarkReadAsync(string roomId, string userId, long seq) =>
        Of(roomId).WriteAsync(new Subject(roomId, userId), log => log.MarkRead(roomId, userId, seq));

    public Task ProbeAsync() => Task.WhenAll(_committers.Select(c => c.WriteAsync(new Subject(), log => Done(log.Probe))));

    public abstract Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation);

    public abstract Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation);

    public abstract Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation);

    public abstract Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(
        IReadOnlyDictionary<string, long> events, CancellationToken cancellation);

    public abstract Task<string> GenerationAsync(CancellationToken cancellation);

    /// <summary>Commits what is queued and closes the store; leaves it open if it does not answer.</summary>
    public virtual void Dispose()
    {
        foreach (var committer in _committers)
            committer.Dispose();
        var began = Stopwatch.GetTimestamp();
        if (_committers.All(c => c.Ends(TimeSpan.FromTicks(Math.Max(0, (s_closing - Stopwatch.GetElapsedTime(began)).Ticks)))))
            _logger.Closed(Counts.Transactions, Counts.Writes);
        else
            _logger.LeftOpen();
        GC.SuppressFinalize(this);
    }

    /// <summary>The id of a direct room that exists already, if that can be told without writing.</summary>
    protected abstract Task<string?> FindDirectAsync(string directKey);

    private GroupCommitter Of(string roomId) =>
        _committers.Length == 1 ? _committers[0] : _committers[(uint)roomId.GetHashCode(StringComparison.Ordinal) % _committers.Length];

    private static bool Done(Action write)
    {
        write();
        return true;
    }
}

using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// The rules of writing, the same in every store: who may do what, what is a repeat, which number comes next. A store derives from it and adds
/// the rows (Appender.Rows.cs). Used by one committing thread only, between <see cref="Begin"/> and <see cref="Commit"/> or
/// <see cref="Rollback"/>. A rule that refuses throws <see cref="ChatException"/> before it has written.
/// </summary>
internal abstract partial class Appender : IDisposable
{
    private readonly Dictionary<string, OpenRoom> _rooms = [];
    private readonly List<ChatEvent> _events = [];
    private DateTime _now;

    /// <summary>
    /// The generation of new events; see <see cref="StoreGeneration"/>. Known after <see cref="BeginTransaction"/>.
    /// </summary>
    protected string? Generation { get; set; }

    /// <summary>Begins a transaction in which these will be written.</summary>
    public void Begin(IReadOnlyList<Subject> subjects) => _now = Truncate(BeginTransaction(subjects));

    /// <summary>Commits and syncs; answers with the transaction's events, in the order of their numbers within each room.</summary>
    /// <exception cref="ChatException">Whether it was committed is not known.</exception>
    public IReadOnlyList<ChatEvent> Commit()
    {
        foreach (var room in _rooms.Values)
        {
            if (room.Changed)
                SetHead(room.Id, room.Head, CountMembers(room));
        }
        CountConcerned();
        Flush();
        CrashPoint.Reach(CrashPoint.BeforeCommit);
        CommitTransaction();
        CrashPoint.Reach(CrashPoint.AfterCommit);
        var events = _events.ToArray();
        Forget();
        return events;
    }

    public void Rollback()
    {
        Forget();
        RollBackTransaction();
    }

    /// <summary>Stores something small.</summary>
    public abstract void Probe();

    public abstract void Dispose();

    private void Forget()
    {
        _rooms.Clear();
        _events.Clear();
        _concerned.Clear();
    }

    private OpenRoom Room(string roomId)
    {
        if (_rooms.TryGetValue(roomId, out var known))
            return known;
        var found = FindRoom(roomId) ?? throw new ChatException(ErrorCodes.NotFound, "no such room");
        return _rooms[roomId] = new OpenRoom(roomId, found);
    }

    /// <summary>
    /// A node of an earlier version writes joins and leaves without counting. This adds its events since the last count
    /// once.
    /// </summary>
    private long CountMembers(OpenRoom room) => room.Members
        + (room.Found.CountedAt < room.Found.Head ? CountMemberChanges(room.Id, room.Found.CountedAt, room.Found.Head)
            : 0);

    private Standing Member(OpenRoom room, string userId) =>
        room.Standings.TryGetValue(userId, out var known) ? known : room.Standings[userId] = FindStanding(room.Id, userId);

    /// <summary>A stranger learns nothing of a private or direct room, not even that it is there.</summary>
    private Standing RequireMember(OpenRoom room, string userId)
    {
        var standing = Member(room, userId);
        if (standing.Present)
            return standing;
        throw NoMember(room);
    }

    private static ChatException NoMember(OpenRoom room) => room.Kind == RoomKind.Public
        ? new ChatException(ErrorCodes.Forbidden, "you are not a member of this room; join it first")
        : new ChatException(ErrorCodes.NotFound, "no such room");

    /// <summary>Gives an event the room's next number and stores it; false if its client id is taken.</summary>
    private bool TryAppend(OpenRoom room, ChatEvent e)
    {
        if (!TryInsertEvent(e))
            return false;
        room.Head = e.Seq;
        room.Changed = true;
        _events.Add(e);
        return true;
    }

    private ChatEvent Next(OpenRoom room, string type, UserRef sender) => new()
    {
        RoomId = room.Id,
        Seq = room.Head + 1,
        Id = Identifier.OfEvent(room.Id, room.Head + 1),
        Type = type,
        Sender = sender,
        At = _now,
        Generation = Generation,
    };

    private static DateTime Truncate(DateTime time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);

    /// <summary>A room that this transaction has touched.</summary>
    private sealed class OpenRoom(string id, FoundRoom found)
    {
        public string Id { get; } = id;

        /// <summary>The room before this transaction.</summary>
        public FoundRoom Found { get; } = found;

        public RoomKind Kind => Found.Kind;

        public long Head { get; set; } = found.Head;

        /// <summary>Present members, without those that <see cref="CountMembers"/> adds.</summary>
        public long Members { get; set; } = found.MemberCount;

        public bool Changed { get; set; }

        /// <summary>The person whose message accepts this direct room; null if nobody has to accept.</summary>
        public string? RequestTo { get; set; } = found.RequestTo;

        public Dictionary<string, Standing> Standings { get; } = [];
    }
}

/// <summary>
/// What a write is about, known before it runs, so that a store may lock and look up what a whole batch needs at once.
/// </summary>
/// <param name="RoomId">The room that it reads or writes; null if it makes one, or touches none.</param>
/// <param name="UserId">Somebody whose membership it asks for.</param>
/// <param name="OtherId">Somebody else whose membership it asks for.</param>
/// <param name="Drafts">What <paramref name="UserId"/> wants appended.</param>
/// <param name="DirectKey">Of the direct room that it makes, unless somebody else has; see <see cref="Appender.DirectKey"/>.</param>
internal readonly record struct Subject(
    string? RoomId = null, string? UserId = null, string? OtherId = null, IReadOnlyList<Draft>? Drafts = null, string? DirectKey = null);

/// <summary>A room's row as a transaction reads it.</summary>
/// <param name="Kind">The room's kind.</param>
/// <param name="Head">The number of its newest event.</param>
/// <param name="MemberCount">See <see cref="RoomRow.MemberCount"/>; 0 for null.</param>
/// <param name="CountedAt">See <see cref="RoomRow.CountedAt"/>; 0 for null.</param>
/// <param name="RequestTo">See <see cref="RoomRow.RequestTo"/>.</param>
internal readonly record struct FoundRoom(RoomKind Kind, long Head, long MemberCount, long CountedAt,
    string? RequestTo = null);

/// <summary>How a person stands to a room.</summary>
internal readonly record struct Standing(bool Present, bool Owner, long ReadUpTo);

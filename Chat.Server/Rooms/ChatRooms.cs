using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Relay;
using Microsoft.Extensions.Options;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Rooms;

/// <summary>
/// What a person may do, in the words of chat. Every transport comes through here; what is refused throws <see cref="ChatException"/>.
/// Thread-safe. ChatRooms.Messages.cs has what is said, this file where.
/// </summary>
public sealed partial class ChatRooms(
    IRoomLog log, RoomCatalog catalog, ConsentCatalog choices, Consent consent, UserDirectory people, NodeRelay relay,
    Rates rate, ReadBudget reads,
    TypingPace typing, RoomQuota quota, IOptions<LimitOptions> limits)
{
    private static readonly Dictionary<string, long> s_noCursors = [];

    private readonly LimitOptions _limits = limits.Value;

    /// <summary>The rooms I am in.</summary>
    public async Task<IReadOnlyList<Room>> MineAsync(User me, CancellationToken cancellation) =>
        await consent.SeenByAsync(me.Id, (await RoomsOfAsync(me, s_noCursors, null, cancellation)).Rooms);

    /// <summary>Public rooms I could join whose name contains the query; at most 100, by name.</summary>
    public Task<IReadOnlyList<Room>> PublicAsync(User me, string? query, CancellationToken cancellation)
    {
        if (query?.Length > Limits.RoomNameMax)
            throw Rules.Invalid("query", $"at most {Limits.RoomNameMax} characters");
        Rules.WellFormed("query", query ?? "");
        return reads.TakeAsync(me.Id, () => catalog.PublicAsync(me.Id, query ?? ""), ReadBudget.CostOf, cancellation);
    }

    /// <summary>A page of the members of a room that I am in, by name.</summary>
    public async Task<MemberPage> MembersAsync(User me, string? roomId, MemberQuery? query,
        CancellationToken cancellation)
    {
        if (query?.Query?.Length > Limits.RoomNameMax)
            throw Rules.Invalid("query", $"at most {Limits.RoomNameMax} characters");
        var limit = query?.Limit ?? RoomCatalog.MemberPageSize;
        if (limit is < 1 or > RoomCatalog.MaxMembers)
            throw Rules.Invalid("limit", $"1 to {RoomCatalog.MaxMembers}");
        var after = MemberPlace.Parse(query?.Before) ?? throw Rules.Invalid("before", "the next of the page before");
        Rules.Id(roomId);
        var part = Rules.WellFormed("query", query?.Query ?? "");
        return await reads.TakeAsync(
            me.Id,
            async () =>
            {
                await RequireMemberAsync(me, roomId!);
                return await catalog.MembersAsync(me.Id, roomId!, part, after, limit, cancellation);
            },
            _ => part.Length == 0 ? 1 : 3, cancellation);
    }

    /// <summary>A new public or private room, mine.</summary>
    public Task<Room> CreateAsync(User me, NewRoom? room)
    {
        if (room?.Kind is not (RoomKind.Public or RoomKind.Private))
            throw Rules.Invalid("kind", "public or private");
        return RoomAsync(me, () =>
        {
            rate.Take(me.Id, 1);
            var (name, topic) = (Rules.RoomName(room.Name), Rules.Topic(room.Topic ?? ""));
            return quota.AddAsync(me.Id, () =>
            {
                rate.Room(me.Id);
                return log.CreateAsync(room.Kind.Value, name, topic, Ref(me));
            });
        });
    }

    /// <summary>The direct room with somebody.</summary>
    public Task<Room> OpenDirectAsync(User me, string? userName) => RoomAsync(me, async () =>
    {
        var person = await FindPersonAsync(userName);
        // Opening an existing direct room takes nothing from the hour, because a script may write to the same person
        // every second.
        if (person is not null
            && await consent.FindDirectAsync(Ref(me), person, beforeShowing: () => TakeBlock(me)) is { } known)
            return known;
        rate.Name(me.Id);
        if (person is null)
            throw NoSuchPerson();
        rate.Take(me.Id, 2); // both join
        return await consent.OpenDirectAsync(Ref(me), person, beforeMaking: () => rate.Direct(me.Id));
    });

    /// <summary>Joins a public room.</summary>
    public Task<Room> JoinAsync(User me, string? roomId) => RoomAsync(me, async () =>
    {
        // A member of the room only gets the answer.
        if (await RequireVisibleAsync(me, Rules.Id(roomId)) is not { WasMember: true, LeftSeq: null })
        {
            rate.Take(me.Id, 1);
            await quota.AddAsync(me.Id, () =>
            {
                rate.Room(me.Id);
                return log.AddMemberAsync(roomId!, Ref(me), Ref(me));
            });
        }
        return roomId!;
    });

    /// <summary>Makes somebody a member of a room I am in, or invites them, if they have to agree.</summary>
    public Task<Room> InviteAsync(User me, string? roomId, string? userName) => RoomAsync(me, async () =>
    {
        Rules.Id(roomId);
        rate.Take(me.Id, 1);
        await RequireMemberAsync(me, roomId!);
        var person = await PersonAsync(me, userName);
        rate.Invitation(me.Id, person.Id);
        await consent.InviteAsync(roomId!, person, Ref(me));
        return roomId!;
    });

    /// <summary>Leaves a room.</summary>
    public async Task LeaveAsync(User me, string? roomId)
    {
        Rules.Id(roomId);
        rate.Take(me.Id, 1);
        await log.RemoveMemberAsync(roomId!, Ref(me), Ref(me));
    }

    /// <summary>Removes a person from a room of mine, or takes back an invitation.</summary>
    public async Task RemoveAsync(User me, string? roomId, string? userName)
    {
        Rules.Id(roomId);
        rate.Take(me.Id, 1);
        await RequireMemberAsync(me, roomId!);
        var person = await PersonAsync(me, userName);
        if (!await log.WithdrawInvitationAsync(roomId!, person.Id, Ref(me)))
            await log.RemoveMemberAsync(roomId!, person, Ref(me));
    }

    /// <summary>Gives a room of mine another name or topic.</summary>
    public Task<Room> ChangeAsync(User me, string? roomId, RoomChange? change)
    {
        if (change is not ({ Name: not null } or { Topic: not null }))
            throw Rules.Invalid("name", "a name or a topic is needed");
        var checkedChange = new RoomChange(
            change.Name is null ? null : Rules.RoomName(change.Name), change.Topic is null ? null : Rules.Topic(change.Topic));
        Rules.Id(roomId);
        return RoomAsync(me, async () =>
        {
            rate.Take(me.Id, 1);
            rate.Change(roomId!, me.Id);
            await log.ChangeRoomAsync(roomId!, checkedChange, Ref(me));
            return roomId!;
        });
    }

    /// <summary>
    /// Notes that I have read a room up to a number. If I had read as far already, the server stores nothing and tells
    /// nobody.
    /// </summary>
    public async Task MarkReadAsync(User me, string? roomId, long? seq, CancellationToken cancellation)
    {
        if (seq is not >= 0)
            throw Rules.Invalid("seq", "a number from 0");
        Rules.Id(roomId);
        await rate.MarkAsync(me.Id, cancellation);
        if (await consent.HidesAsync(me.Id, roomId!))
            throw NoSuchRoom();
        if (await log.MarkReadAsync(roomId!, me.Id, seq.Value) is { Moved: true } mark)
            relay.Signal(new RelaySignal.ReadMarker(roomId!, me.Id, mark.UpTo));
    }

    /// <summary>
    /// I am typing. A session knows its rooms, so that this usually reads nothing. But a client may call this as soon
    /// as its join is answered, and the session learns of the join a moment later. Then this reads whether I am in the
    /// room.
    /// </summary>
    public async Task TypingAsync(Session session, string? roomId, CancellationToken cancellation)
    {
        var me = session.User;
        if (typing.IsTooSoon(me.Id, Rules.Id(roomId)))
            return;
        if (!session.IsIn(roomId!)
            && !await reads.TakeAsync(me.Id, () => IsMemberAsync(me, roomId!), _ => 1, cancellation))
            throw NoSuchRoom();
        if (typing.TryPass(me.Id, roomId!))
            relay.Signal(new RelaySignal.Typing(roomId!, me.Id));
    }

    private static UserRef Ref(User user) => new(user.Id, user.Name, user.Kind);

    private static ChatException NoSuchRoom() => new(ErrorCodes.NotFound, "no such room");

    private static ChatException NoSuchPerson() => new(ErrorCodes.NotFound, "nobody has this name");

    private Task<UserRef?> FindPersonAsync(string? name) => people.FindByNameAsync(name ?? "", CancellationToken.None);

    private async Task<UserRef> PersonAsync(User me, string? name)
    {
        rate.Name(me.Id);
        return await FindPersonAsync(name) ?? throw NoSuchPerson();
    }

    /// <summary>
    /// Answers with a room that the call finds, makes or changes. Reading it is paid for before anything is written. So
    /// a call that has written something is not refused any more.
    /// </summary>
    private Task<Room> RoomAsync(User me, Func<Task<string>> find) => reads.TakeAsync(
        me.Id, async () => await ReadAsync(me, await find()), room => ReadBudget.CostOf([room]),
        CancellationToken.None);

    /// <summary>Somebody may have removed me in between.</summary>
    private async Task<Room> ReadAsync(User me, string roomId) =>
        await catalog.FindAsync(me.Id, roomId) is { } room && await consent.SeenByAsync(me.Id, room) is { } seen
            ? seen
            : throw NoSuchRoom();

    /// <summary>A private or direct room is not there for who was never in it; nor is it, for joining, to who has left.</summary>
    private async Task<Sight> RequireVisibleAsync(User me, string roomId) =>
        await catalog.SightAsync(me.Id, roomId) is { } sight && (sight.Kind == RoomKind.Public || sight is { WasMember: true, LeftSeq: null })
            ? sight
            : throw NoSuchRoom();

    /// <summary>Whether I am in a room and see it.</summary>
    private async Task<bool> IsMemberAsync(User me, string roomId) =>
        await catalog.SightAsync(me.Id, roomId) is { WasMember: true, LeftSeq: null }
        && !await consent.HidesAsync(me.Id, roomId);

    /// <summary>Asked before names are looked up: a stranger learns nothing. What counts is asked again where it is written.</summary>
    private async Task RequireMemberAsync(User me, string roomId)
    {
        if (await RequireVisibleAsync(me, roomId) is not { WasMember: true, LeftSeq: null })
            throw new ChatException(ErrorCodes.Forbidden, "you are not a member of this room; join it first");
    }
}

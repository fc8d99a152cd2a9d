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
    IRoomLog log, RoomCatalog catalog, ConsentCatalog choices, Consent consent, UserDirectory people, NodeRelay relay, Rates rate,
    IOptions<LimitOptions> limits)
{
    private readonly LimitOptions _limits = limits.Value;

    /// <summary>The rooms I am in.</summary>
    public async Task<IReadOnlyList<Room>> MineAsync(User me, CancellationToken cancellation) =>
        await consent.SeenByAsync(me.Id, (await catalog.OfAsync(me.Id, cancellation)).Rooms);

    /// <summary>Public rooms I could join whose name contains the query; at most 100, by name.</summary>
    public Task<IReadOnlyList<Room>> PublicAsync(User me, string? query)
    {
        if (query?.Length > Limits.RoomNameMax)
            throw Rules.Invalid("query", $"at most {Limits.RoomNameMax} characters");
        return catalog.PublicAsync(me.Id, Rules.WellFormed("query", query ?? ""));
    }

    /// <summary>A page of the members of a room that I am in, by name.</summary>
    public async Task<MemberPage> MembersAsync(User me, string? roomId, MemberQuery? query, CancellationToken cancellation)
    {
        if (query?.Query?.Length > Limits.RoomNameMax)
            throw Rules.Invalid("query", $"at most {Limits.RoomNameMax} characters");
        var limit = query?.Limit ?? RoomCatalog.MemberPageSize;
        if (limit is < 1 or > RoomCatalog.MaxMembers)
            throw Rules.Invalid("limit", $"1 to {RoomCatalog.MaxMembers}");
        var after = MemberPlace.Parse(query?.Before) ?? throw Rules.Invalid("before", "the next of the page before");
        await RequireMemberAsync(me, Rules.Id(roomId));
        return await catalog.MembersAsync(me.Id, roomId!, Rules.WellFormed("query", query?.Query ?? ""), after, limit, cancellation);
    }

    /// <summary>A new public or private room, mine.</summary>
    public async Task<Room> CreateAsync(User me, NewRoom? room)
    {
        if (room?.Kind is not (RoomKind.Public or RoomKind.Private))
            throw Rules.Invalid("kind", "public or private");
        var id = await log.CreateAsync(room.Kind.Value, Rules.RoomName(room.Name), Rules.Topic(room.Topic ?? ""), Ref(me));
        return await SeenByAsync(me, id);
    }

    /// <summary>The direct room with somebody.</summary>
    public async Task<Room> OpenDirectAsync(User me, string? userName) =>
        await SeenByAsync(me, await consent.OpenDirectAsync(Ref(me), await PersonAsync(userName)));

    /// <summary>Joins a public room.</summary>
    public async Task<Room> JoinAsync(User me, string? roomId)
    {
        await RequireVisibleAsync(me, Rules.Id(roomId));
        await log.AddMemberAsync(roomId!, Ref(me), Ref(me));
        return await SeenByAsync(me, roomId!);
    }

    /// <summary>Makes somebody a member of a room I am in, or invites them, if they have to agree.</summary>
    public async Task<Room> InviteAsync(User me, string? roomId, string? userName)
    {
        await RequireMemberAsync(me, Rules.Id(roomId));
        await consent.InviteAsync(roomId!, await PersonAsync(userName), Ref(me));
        return await SeenByAsync(me, roomId!);
    }

    /// <summary>Leaves a room.</summary>
    public Task LeaveAsync(User me, string? roomId) => log.RemoveMemberAsync(Rules.Id(roomId), Ref(me), Ref(me));

    /// <summary>Removes somebody from a room of mine, or takes back an invitation.</summary>
    public async Task RemoveAsync(User me, string? roomId, string? userName)
    {
        await RequireMemberAsync(me, Rules.Id(roomId));
        var person = await PersonAsync(userName);
        if (!await log.WithdrawInvitationAsync(roomId!, person.Id, Ref(me)))
            await log.RemoveMemberAsync(roomId!, person, Ref(me));
    }

    /// <summary>Gives a room of mine another name or topic.</summary>
    public async Task<Room> ChangeAsync(User me, string? roomId, RoomChange? change)
    {
        if (change is not ({ Name: not null } or { Topic: not null }))
            throw Rules.Invalid("name", "a name or a topic is needed");
        var checkedChange = new RoomChange(
            change.Name is null ? null : Rules.RoomName(change.Name), change.Topic is null ? null : Rules.Topic(change.Topic));
        await log.ChangeRoomAsync(Rules.Id(roomId), checkedChange, Ref(me));
        return await SeenByAsync(me, roomId!);
    }

    /// <summary>I have read a room up to a number.</summary>
    public async Task MarkReadAsync(User me, string? roomId, long? seq)
    {
        if (seq is not >= 0)
            throw Rules.Invalid("seq", "a number from 0");
        if (await consent.HidesAsync(me.Id, Rules.Id(roomId)))
            throw NoSuchRoom();
        var readUpTo = await log.MarkReadAsync(Rules.Id(roomId), me.Id, seq.Value);
        relay.Signal(new RelaySignal.ReadMarker(roomId!, me.Id, readUpTo));
    }

    /// <summary>I am typing. <paramref name="session"/> knows its rooms: nothing is read for a thing that passes.</summary>
    public void Typing(Session session, string? roomId)
    {
        if (!session.IsIn(Rules.Id(roomId)))
            throw NoSuchRoom();
        relay.Signal(new RelaySignal.Typing(roomId!, session.User.Id));
    }

    private static UserRef Ref(User user) => new(user.Id, user.Name, user.Kind);

    private static ChatException NoSuchRoom() => new(ErrorCodes.NotFound, "no such room");

    private async Task<UserRef> PersonAsync(string? name) =>
        await people.FindByNameAsync(name ?? "", CancellationToken.None) ?? throw new ChatException(ErrorCodes.NotFound, "nobody has this name");

    /// <summary>Somebody may have removed me in between.</summary>
    private async Task<Room> SeenByAsync(User me, string roomId) =>
        await catalog.FindAsync(me.Id, roomId) is { } room && await consent.SeenByAsync(me.Id, room) is { } seen ? seen : throw NoSuchRoom();

    /// <summary>A private or direct room is not there for who was never in it; nor is it, for joining, to who has left.</summary>
    private async Task<Sight> RequireVisibleAsync(User me, string roomId) =>
        await catalog.SightAsync(me.Id, roomId) is { } sight && (sight.Kind == RoomKind.Public || sight is { WasMember: true, LeftSeq: null })
            ? sight
            : throw NoSuchRoom();

    /// <summary>Asked before names are looked up: a stranger learns nothing. What counts is asked again where it is written.</summary>
    private async Task RequireMemberAsync(User me, string roomId)
    {
        if (await RequireVisibleAsync(me, roomId) is not { WasMember: true, LeftSeq: null })
            throw new ChatException(ErrorCodes.Forbidden, "you are not a member of this room; join it first");
    }
}

using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Server.Log;
using Chat.Server.Relay;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// Decides whether people have to agree before they talk, and what each person sees of a room before that. Thread-safe.
/// </summary>
public sealed class Consent(
    IRoomLog log, ConsentCatalog catalog, NodeRelay relay, RoomQuota quota, ClusterFeatures features,
    IOptions<RoomOptions> options)
{
    private readonly bool? _configured = options.Value.Consent;

    /// <summary>The bounds on open requests, invitations and blocks.</summary>
    public ConsentBounds Bounds { get; } = new(options.Value.MaxBlocked, options.Value.MaxOpenRequests,
        options.Value.MaxWaitingRequests);

    /// <summary>The direct room of two people; null if they have none.</summary>
    /// <param name="me">The person who opens it.</param>
    /// <param name="other">The other person.</param>
    /// <param name="beforeShowing">Called before a room that I have refused is shown again; may refuse that.</param>
    /// <exception cref="ChatException"><c>forbidden</c>: I have blocked the other person.</exception>
    public async Task<string?> FindDirectAsync(UserRef me, UserRef other, Action beforeShowing)
    {
        if (await catalog.IsBlockedAsync(me.Id, other.Id))
            throw new ChatException(ErrorCodes.Forbidden, "you have blocked this person; unblock them first");
        if (await catalog.FindDirectAsync(me.Id, other.Id) is not { } known)
            return null;
        // A person who opens a direct room that they have refused wants to see it again.
        if (await catalog.IsHiddenAsync(me.Id, known))
        {
            beforeShowing();
            await log.ShowAsync(known, me.Id);
        }
        return known;
    }

    /// <summary>Makes a direct room with a person; a request, if they have to agree.</summary>
    /// <param name="me">The person who opens it.</param>
    /// <param name="other">The other person.</param>
    /// <param name="beforeMaking">Called when my quota allows the room; may refuse it.</param>
    /// <exception cref="ChatException"><c>quota_exceeded</c></exception>
    public async Task<string> OpenDirectAsync(UserRef me, UserRef other, Action beforeMaking)
    {
        // This asks for the other person's quota, so it comes before the turn at mine begins.
        var asks = await HasToAgreeAsync(me, other);
        return await quota.AddAsync(me.Id, () =>
        {
            beforeMaking();
            return asks ? log.RequestDirectAsync(me, other, Bounds) : log.OpenDirectAsync(me, other);
        });
    }

    /// <summary>Adds a person to a room, or invites them if they have to agree.</summary>
    /// <exception cref="ChatException"><c>quota_exceeded</c></exception>
    public async Task InviteAsync(string roomId, UserRef person, UserRef by)
    {
        var asks = await catalog.IsBlockedAsync(person.Id, by.Id, askedBy: by.Id)
            || await HasToAgreeAsync(by, person);
        await (asks ? log.InviteAsync(roomId, person, by, Bounds) : log.AddMemberAsync(roomId, person, by));
    }

    /// <summary>
    /// Whether the other person is a stranger who has to be asked, or is in so many rooms that everybody has to ask.
    /// </summary>
    private async Task<bool> HasToAgreeAsync(UserRef me, UserRef other)
    {
        if (me.Id == other.Id)
            return false;
        if (await IsOnAsync() && !await catalog.KnowEachOtherAsync(me.Id, other.Id))
            return true;
        if (await quota.MayBeAddedAsync(other.Id))
            return false;
        // Nodes of an earlier version would not show what waits for an answer.
        return features.Has(Features.Consent)
            ? true
            : throw new ChatException(
                ErrorCodes.QuotaExceeded, "this person is in too many rooms to be added to another one");
    }

    /// <summary>A room as one person sees it; null if it is hidden from them.</summary>
    public async Task<Room?> SeenByAsync(string userId, Room room) => (await catalog.OfAsync(userId)).Seen(room);

    /// <summary>The rooms that are not hidden from one person, as they see them.</summary>
    public async Task<IReadOnlyList<Room>> SeenByAsync(string userId, IReadOnlyList<Room> rooms)
    {
        var mine = await catalog.OfAsync(userId);
        return [.. rooms.Select(mine.Seen).OfType<Room>()];
    }

    /// <summary>
    /// Whether a room is hidden from a person. A session learns a moment late that a room is shown again. So this asks
    /// the database, unless the first live session of the person says that the room is not hidden.
    /// </summary>
    public async ValueTask<bool> HidesAsync(string userId, string roomId) =>
        relay.Hides(userId, roomId) is not false && await catalog.IsHiddenAsync(userId, roomId);

    /// <exception cref="ChatException"><c>unavailable</c> while nodes run that would show what is hidden.</exception>
    public void RequireEverywhere()
    {
        if (!features.Has(Features.Consent))
            throw new ChatException(ErrorCodes.Unavailable, "not while the servers are being updated; try again later");
    }

    private async ValueTask<bool> IsOnAsync() =>
        features.Has(Features.Consent) && (_configured ?? await catalog.IsDefaultAsync());
}

using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Log;

namespace Chat.Server.Rooms;

/// <summary>
/// Requests, invitations and blocks. A call that changes nothing is answered without a write: each change is told to
/// all of the person's sessions.
/// </summary>
public sealed partial class ChatRooms
{
    /// <summary>
    /// Accepts a direct room that another person has asked for, and returns the room; or refuses it, and returns null.
    /// </summary>
    public async Task<Room?> AnswerRequestAsync(User me, string? roomId, bool? accept)
    {
        if (Answer(accept))
            return await RoomAsync(me, () => AcceptRequestAsync(me, Rules.Id(roomId)));
        await RefuseRequestAsync(me, Rules.Id(roomId));
        return null;
    }

    /// <summary>The rooms that I am invited to, the newest invitation first.</summary>
    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(User me, CancellationToken cancellation)
    {
        var mine = await reads.TakeAsync(
            me.Id, () => choices.OfAsync(me.Id), read => ReadBudget.CostOf(read.Invitations), cancellation);
        return mine.Invitations;
    }

    /// <summary>Joins a room that I am invited to, and returns the room; or declines, and returns null.</summary>
    public async Task<Room?> AnswerInvitationAsync(User me, string? roomId, bool? accept)
    {
        var accepts = Answer(accept);
        Rules.Id(roomId);
        if (accepts)
            return await RoomAsync(me, () => AcceptInvitationAsync(me, roomId!));
        rate.Take(me.Id, 1);
        await log.AnswerInvitationAsync(roomId!, Ref(me), accept: false);
        return null;
    }

    /// <summary>The people whom I have blocked, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(User me, CancellationToken cancellation) =>
        reads.TakeAsync(me.Id, () => choices.BlockedAsync(me.Id), ReadBudget.CostOf, cancellation);

    /// <summary>Blocks a person. Does nothing if they are blocked already.</summary>
    public async Task BlockAsync(User me, string? userId)
    {
        consent.RequireEverywhere();
        if (userId == me.Id)
            throw Rules.Invalid("userId", "you cannot block yourself");
        rate.Take(me.Id, 1);
        var other = userId is { Length: > 0 and <= 64 }
            ? await people.FindByIdAsync(userId, CancellationToken.None)
            : null;
        if (other is null)
            throw new ChatException(ErrorCodes.NotFound, "nobody has this id");
        if (await choices.IsBlockedAsync(me.Id, other.Id))
            return;
        rate.Block(me.Id);
        await log.BlockAsync(Ref(me), other, consent.Bounds);
    }

    /// <summary>Ends a block. Does nothing if the person is not blocked.</summary>
    public async Task UnblockAsync(User me, string? userId)
    {
        rate.Take(me.Id, 1);
        if (userId is not { Length: > 0 and <= 64 } || !await choices.IsBlockedAsync(me.Id, userId))
            return;
        rate.Block(me.Id);
        await log.UnblockAsync(Ref(me), userId);
    }

    private async Task<string> AcceptRequestAsync(User me, string roomId)
    {
        rate.Take(me.Id, 1);
        if (!IsAsked(await choices.OfAsync(me.Id), roomId))
        {
            // The answer is repeated after a message accepted, or after a lost acknowledgement.
            return await ReadAsync(me, roomId) is { Kind: RoomKind.Direct, Request: null } ? roomId : throw NoRequest();
        }
        rate.Block(me.Id);
        await log.AnswerRequestAsync(roomId, Ref(me), accept: true, consent.Bounds);
        return roomId;
    }

    private async Task RefuseRequestAsync(User me, string roomId)
    {
        rate.Take(me.Id, 1);
        var mine = await choices.OfAsync(me.Id);
        if (!IsAsked(mine, roomId))
            throw NoRequest();
        if (mine.Hidden.Contains(roomId))
            return;
        rate.Block(me.Id);
        await log.AnswerRequestAsync(roomId, Ref(me), accept: false, consent.Bounds);
    }

    private async Task<string> AcceptInvitationAsync(User me, string roomId)
    {
        rate.Take(me.Id, 1);
        await quota.AddAsync(me.Id, () =>
        {
            rate.Room(me.Id);
            return log.AnswerInvitationAsync(roomId, Ref(me), accept: true);
        });
        return roomId;
    }

    private static bool IsAsked(PersonalConsent mine, string roomId) =>
        mine.Requests.TryGetValue(roomId, out var side) && side == RequestSide.Theirs;

    private static ChatException NoRequest() =>
        new(ErrorCodes.NotFound, "no request waits for your answer in this room");

    private void TakeBlock(User me)
    {
        rate.Take(me.Id, 1);
        rate.Block(me.Id);
    }

    private static bool Answer(bool? accept) => accept ?? throw Rules.Invalid("accept", "true or false");
}

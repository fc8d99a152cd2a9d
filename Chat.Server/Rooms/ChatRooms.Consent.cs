using Chat.Contracts;

namespace Chat.Server.Rooms;

/// <summary>With whom I talk.</summary>
public sealed partial class ChatRooms
{
    /// <summary>Accepts a direct room that somebody has asked for: the room. Or refuses it: null.</summary>
    public async Task<Room?> AnswerRequestAsync(User me, string? roomId, bool? accept)
    {
        var accepts = Answer(accept);
        await log.AnswerRequestAsync(Rules.Id(roomId), Ref(me), accepts, consent.Bounds);
        return accepts ? await SeenByAsync(me, roomId!) : null;
    }

    /// <summary>The rooms that I am invited to, the newest invitation first.</summary>
    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(User me) =>
        (await choices.OfAsync(me.Id)).Invitations;

    /// <summary>Joins a room that I am invited to: the room. Or declines: null.</summary>
    public async Task<Room?> AnswerInvitationAsync(User me, string? roomId, bool? accept)
    {
        var accepts = Answer(accept);
        Rules.Id(roomId);
        if (!accepts)
        {
            await log.AnswerInvitationAsync(roomId!, Ref(me), accept: false);
            return null;
        }
        rate.Take(me.Id, 1);
        await quota.AddAsync(me.Id, () =>
        {
            rate.Room(me.Id);
            return log.AnswerInvitationAsync(roomId!, Ref(me), accept: true);
        });
        return await SeenByAsync(me, roomId!);
    }

    /// <summary>The people whom I have blocked, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(User me) => choices.BlockedAsync(me.Id);

    /// <summary>Blocks somebody.</summary>
    public async Task BlockAsync(User me, string? userId)
    {
        consent.RequireEverywhere();
        if (userId == me.Id)
            throw Rules.Invalid("userId", "you cannot block yourself");
        var other = userId is { Length: > 0 and <= 64 } ? await people.FindByIdAsync(userId, CancellationToken.None)
            : null;
        await log.BlockAsync(Ref(me), other ?? throw new ChatException(ErrorCodes.NotFound, "nobody has this id"),
            consent.Bounds);
    }

    /// <summary>Takes a block back; of somebody who is not blocked: nothing.</summary>
    public async Task UnblockAsync(User me, string? userId)
    {
        if (userId is { Length: > 0 and <= 64 } && await choices.IsBlockedAsync(me.Id, userId))
            await log.UnblockAsync(Ref(me), userId);
    }

    private static bool Answer(bool? accept) => accept ?? throw Rules.Invalid("accept", "true or false");
}

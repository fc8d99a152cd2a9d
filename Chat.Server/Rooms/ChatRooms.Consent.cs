using Chat.Contracts;

namespace Chat.Server.Rooms;

/// <summary>Requests, invitations and blocks.</summary>
public sealed partial class ChatRooms
{
    /// <summary>Accepts a direct room that another person has asked for, and returns the room; or refuses it, and
    /// returns null.</summary>
    public async Task<Room?> AnswerRequestAsync(User me, string? roomId, bool? accept)
    {
        var accepts = Answer(accept);
        await log.AnswerRequestAsync(Rules.Id(roomId), Ref(me), accepts, consent.Bounds);
        return accepts ? await SeenByAsync(me, roomId!) : null;
    }

    /// <summary>The rooms that I am invited to, the newest invitation first.</summary>
    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(User me) =>
        (await choices.OfAsync(me.Id)).Invitations;

    /// <summary>Joins a room that I am invited to, and returns the room; or declines, and returns null.</summary>
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

    /// <summary>Blocks a person.</summary>
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

    /// <summary>Ends a block. Does nothing if the person is not blocked.</summary>
    public async Task UnblockAsync(User me, string? userId)
    {
        if (userId is { Length: > 0 and <= 64 } && await choices.IsBlockedAsync(me.Id, userId))
            await log.UnblockAsync(Ref(me), userId);
    }

    private static bool Answer(bool? accept) => accept ?? throw Rules.Invalid("accept", "true or false");
}

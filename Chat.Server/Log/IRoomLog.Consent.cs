using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>Who agreed to talk with whom. Requests, invitations and blocks change in the transactions of the log, as
/// memberships do.</summary>
public partial interface IRoomLog
{
    /// <summary>
    /// Raised after a commit of this node with the ids of the people for whom requests, invitations or blocks changed.
    /// Handlers must be quick and must not throw.
    /// </summary>
    event Action<IReadOnlyList<string>>? ConsentChanged;

    /// <summary>
    /// As <see cref="OpenDirectAsync"/>; a room that this creates is a request, which <paramref name="other"/> accepts
    /// by an answer or by a message. <see cref="ErrorCodes.QuotaExceeded"/> if too many requests are open.
    /// </summary>
    Task<string> RequestDirectAsync(UserRef me, UserRef other, ConsentBounds bounds);

    /// <summary>
    /// Accepts a request, or hides its room from <paramref name="me"/>; the other person is not told of the latter.
    /// Repeating the answer does nothing.
    /// </summary>
    Task AnswerRequestAsync(string roomId, UserRef me, bool accept, ConsentBounds bounds);

    /// <summary>Shows a direct room again that its member has refused. It is a request again. The room of a blocked
    /// person stays hidden.</summary>
    Task ShowAsync(string roomId, string userId);

    /// <summary>Blocks somebody and hides the direct room with them, now or when it is created. Of somebody who is
    /// blocked already: nothing.</summary>
    Task BlockAsync(UserRef me, UserRef other, ConsentBounds bounds);

    /// <summary>Takes a block back and shows the direct room again.</summary>
    Task UnblockAsync(UserRef me, string otherId);

    /// <summary>
    /// Invites somebody who has to agree first. Of a member, or of somebody who is invited already: nothing. If they
    /// have blocked <paramref name="by"/>, they are not told.
    /// </summary>
    Task InviteAsync(string roomId, UserRef person, UserRef by, ConsentBounds bounds);

    /// <summary>Makes <paramref name="me"/> a member of a room that they are invited to, or declines. The inviter is
    /// not told of the latter.</summary>
    Task AnswerInvitationAsync(string roomId, UserRef me, bool accept);

    /// <summary>Takes an invitation back: its inviter and the room's owner may. False if nobody of this id is
    /// invited.</summary>
    Task<bool> WithdrawInvitationAsync(string roomId, string userId, UserRef by);
}

/// <summary>How much may wait for an answer; more is <see cref="ErrorCodes.QuotaExceeded"/>.</summary>
/// <param name="Blocked">People whom one person blocks, and direct rooms that they have refused.</param>
/// <param name="Open">Requests, and invitations, that one person has made and that are not accepted.</param>
/// <param name="Waiting">Requests, and invitations, that wait for one person.</param>
public sealed record ConsentBounds(int Blocked, int Open, int Waiting);

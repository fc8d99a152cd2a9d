using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>Requests, invitations and blocks. They change in the transactions of the log, as memberships do.</summary>
public partial interface IRoomLog
{
    /// <summary>
    /// Raised after a commit of this node with the ids of the people for whom requests, invitations or blocks changed.
    /// Handlers must be quick and must not throw.
    /// </summary>
    event Action<IReadOnlyList<string>>? ConsentChanged;

    /// <summary>
    /// Opens a direct room as <see cref="OpenDirectAsync"/> does. A room that this creates is a request, which
    /// <paramref name="other"/> accepts by an answer or by a message. <see cref="ErrorCodes.QuotaExceeded"/> if too
    /// many requests are open.
    /// </summary>
    Task<string> RequestDirectAsync(UserRef me, UserRef other, ConsentBounds bounds);

    /// <summary>
    /// Accepts a request, or hides its room from <paramref name="me"/>. The other person is not told that the room is
    /// hidden. Repeating the answer does nothing.
    /// </summary>
    Task AnswerRequestAsync(string roomId, UserRef me, bool accept, ConsentBounds bounds);

    /// <summary>
    /// Shows a direct room again that its member has refused. The room is a request again. The room of a blocked person
    /// stays hidden.
    /// </summary>
    Task ShowAsync(string roomId, string userId);

    /// <summary>
    /// Blocks a person and hides the direct room with them, now or when it is created. Does nothing if the person is
    /// blocked already.
    /// </summary>
    Task BlockAsync(UserRef me, UserRef other, ConsentBounds bounds);

    /// <summary>Ends a block and shows the direct room again.</summary>
    Task UnblockAsync(UserRef me, string otherId);

    /// <summary>
    /// Invites a person who has to agree first. Does nothing if the person is a member or is invited already. If they
    /// have blocked <paramref name="by"/>, or declined an earlier invitation to this room, they are not told.
    /// </summary>
    Task InviteAsync(string roomId, UserRef person, UserRef by, ConsentBounds bounds);

    /// <summary>
    /// Makes <paramref name="me"/> a member of a room that they are invited to, or declines. The inviter is not told of
    /// a refusal.
    /// </summary>
    Task AnswerInvitationAsync(string roomId, UserRef me, bool accept);

    /// <summary>
    /// Takes an invitation back, as its inviter and the room's owner may. False if nobody with this id is invited. The
    /// log remembers that an invitation was declined.
    /// </summary>
    Task<bool> WithdrawInvitationAsync(string roomId, string userId, UserRef by);

    /// <summary>Ends a request in which the person who was asked has said something to an older node.</summary>
    Task SettleRequestAsync(string roomId, string userId);

    /// <summary>
    /// Ends the invitation of somebody whom an older node made a member. Does nothing to that of anybody else.
    /// </summary>
    Task SettleInvitationAsync(string userId, string roomId);

    /// <summary>Hides the direct room with somebody who is blocked, which an older node made.</summary>
    Task SettleBlockAsync(string userId, string otherId);
}

/// <summary>
/// The bounds on open requests, invitations and blocks; more is <see cref="ErrorCodes.QuotaExceeded"/>.
/// </summary>
/// <param name="Blocked">People whom one person blocks, and direct rooms that they have refused.</param>
/// <param name="Open">
/// Requests, and invitations, that one person has made within <see cref="OpenFor"/> and that are not accepted. Refused
/// ones count, too: the number must not tell of a refusal.
/// </param>
/// <param name="Waiting">Requests, and invitations, that wait for one person. Refused ones wait no longer.</param>
public sealed record ConsentBounds(int Blocked, int Open, int Waiting)
{
    /// <summary>
    /// Most open invitations of one person to another, so that a few people cannot take all places of a third.
    /// </summary>
    public const int OfOne = 5;

    /// <summary>After this time a request, or an invitation, no longer counts against the person who made it.</summary>
    public static TimeSpan OpenFor { get; } = TimeSpan.FromDays(30);
}

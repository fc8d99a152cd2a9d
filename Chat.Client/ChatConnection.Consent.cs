using Chat.Contracts;

namespace Chat.Client;

/// <remarks>
/// Requests, invitations and blocks. A server without the feature <c>consent</c> refuses these calls with
/// <c>not_found</c>.
/// </remarks>
public sealed partial class ChatConnection
{
    /// <summary>The rooms that I am invited to, the newest invitation first; an immutable snapshot.</summary>
    public IReadOnlyList<Invitation> Invitations => _feed.Invitations.Waiting;

    /// <summary>
    /// Accepts a direct room whose <see cref="Room.Request"/> is <see cref="RequestSide.Theirs"/>, or hides it. The
    /// server does not tell the other person that the room is hidden. A message of mine in the room accepts, too.
    /// </summary>
    public Task AnswerRequestAsync(string roomId, bool accept, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.AnswerRequest), [roomId, accept], ct, goneIsDone: true);

    /// <summary>
    /// Joins a room that I am invited to, or declines. The server does not tell the inviter of a refusal.
    /// </summary>
    public async Task AnswerInvitationAsync(string roomId, bool accept, CancellationToken ct = default)
    {
        await CallAsync<object?>(nameof(IChatHub.AnswerInvitation), [roomId, accept], ct, goneIsDone: true);
        _feed.Invitations.Remove(roomId);
    }

    /// <summary>The people whom I have blocked, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(CancellationToken ct = default) =>
        CallAsync<IReadOnlyList<UserRef>>(nameof(IChatHub.Blocked), [], ct);

    /// <summary>
    /// Blocks somebody: their direct room is hidden from me, and their typing and presence do not reach me. They are
    /// not told.
    /// </summary>
    public Task BlockAsync(string userId, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.Block), [userId], ct);

    /// <summary>Ends a block; the direct room comes back with everything that was said in it.</summary>
    public Task UnblockAsync(string userId, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.Unblock), [userId], ct);
}

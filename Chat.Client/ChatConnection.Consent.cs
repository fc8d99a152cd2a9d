using Chat.Contracts;

namespace Chat.Client;

/// <remarks>With whom I talk. A server without the feature <c>consent</c> refuses these calls with
/// <c>not_found</c>.</remarks>
public sealed partial class ChatConnection
{
    /// <summary>The rooms that I am invited to, the newest invitation first; an immutable snapshot.</summary>
    public IReadOnlyList<Invitation> Invitations => _feed.Invitations.Waiting;

    /// <summary>
    /// Accepts a direct room whose <see cref="Room.Request"/> is <see cref="RequestSide.Theirs"/>, or hides it; the
    /// other person is not told of the latter. A message of mine in the room accepts, too.
    /// </summary>
    public Task AnswerRequestAsync(string roomId, bool accept, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.AnswerRequest), [roomId, accept], ct, goneIsDone: true);

    /// <summary>Joins a room that I am invited to, or declines; the inviter is not told of the latter.</summary>
    public async Task AnswerInvitationAsync(string roomId, bool accept, CancellationToken ct = default)
    {
        await CallAsync<object?>(nameof(IChatHub.AnswerInvitation), [roomId, accept], ct, goneIsDone: true);
        _feed.Invitations.Remove(roomId);
    }

    /// <summary>The people whom I have blocked, by name.</summary>
    public Task<IReadOnlyList<UserRef>> BlockedAsync(CancellationToken ct = default) =>
        CallAsync<IReadOnlyList<UserRef>>(nameof(IChatHub.Blocked), [], ct);

    /// <summary>Blocks somebody: their direct room is hidden from me, and nothing passing of theirs reaches me. They
    /// are not told.</summary>
    public Task BlockAsync(string userId, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.Block), [userId], ct);

    /// <summary>Takes a block back; the direct room comes back with everything that was said in it.</summary>
    public Task UnblockAsync(string userId, CancellationToken ct = default) =>
        CallAsync<object?>(nameof(IChatHub.Unblock), [userId], ct);
}

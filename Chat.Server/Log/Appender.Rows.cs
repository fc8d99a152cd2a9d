using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// The rows, which a store reads and writes in its own way. It may keep back what is written until <see cref="Flush"/>, if it answers
/// as though it were written.
/// </summary>
internal abstract partial class Appender
{
    /// <summary>Begins, locks the rooms of <paramref name="subjects"/> against everybody else who writes to them, and answers with the time.</summary>
    protected abstract DateTime BeginTransaction(IReadOnlyList<Subject> subjects);

    /// <summary>Sends to the database what was kept back.</summary>
    protected abstract void Flush();

    /// <summary>Returns when everything is on the disk. A <see cref="ChatException"/> means that nobody knows.</summary>
    protected abstract void CommitTransaction();

    /// <summary>Leaves the store as it was, whatever state the transaction is in.</summary>
    protected abstract void RollBackTransaction();

    protected abstract FoundRoom? FindRoom(string roomId);

    protected abstract string? FindDirectRoom(string directKey);

    /// <summary>False if there is a direct room with this key meanwhile.</summary>
    protected abstract bool TryInsertRoom(string roomId, RoomKind kind, string name, string topic, string? directKey);

    /// <summary>Sets the head, and the number of present members as of this head.</summary>
    protected abstract void SetHead(string roomId, long head, long members);

    /// <summary>
    /// Joins minus leaves among the stored events after <paramref name="after"/>, up to and with
    /// <paramref name="upTo"/>.
    /// </summary>
    protected abstract long CountMemberChanges(string roomId, long after, long upTo);

    /// <summary>What is null stays.</summary>
    protected abstract void UpdateRoom(string roomId, string? name, string? nameKey, string? topic);

    /// <summary>The default for somebody who never was a member.</summary>
    protected abstract Standing FindStanding(string roomId, string userId);

    /// <summary>A new membership, or one that begins again.</summary>
    protected abstract void PutMember(string roomId, UserRef member, bool owner, long joinSeq);

    /// <summary>A member is not invited any more.</summary>
    protected abstract void ForgetInvitation(string userId, string roomId);

    protected abstract void EndMember(string roomId, string userId, long leaveSeq, DateTime at);

    /// <summary>If the room has no owner, the member who joined first becomes one.</summary>
    protected abstract void HandOver(string roomId);

    protected abstract void SetReadUpTo(string roomId, string userId, long seq);

    protected abstract ChatEvent? FindEvent(string roomId, long seq);

    protected abstract ChatEvent? FindEvent(string roomId, string senderId, string clientId);

    /// <summary>False, and nothing done, if this sender has used this client id in this room before.</summary>
    protected abstract bool TryInsertEvent(ChatEvent e);

    /// <summary>Blanks the body of a message and of its edits.</summary>
    protected abstract void Blank(string roomId, long seq);
}

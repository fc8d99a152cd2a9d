using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client.Syncing;

/// <summary>The rooms that I am invited to, the newest invitation first. Thread-safe.</summary>
internal sealed class InvitationList(SignalFeed signals)
{
    private ImmutableList<Invitation> _waiting = [];

    /// <summary>An immutable snapshot.</summary>
    public ImmutableList<Invitation> Waiting => Volatile.Read(ref _waiting);

    /// <summary>Replaces the list by the one that the server has sent.</summary>
    public void Set(IReadOnlyList<Invitation> invitations) => Volatile.Write(ref _waiting, [.. invitations]);

    /// <summary>Adds a new invitation at the front, or replaces the one of the same room.</summary>
    public void Add(Invitation invitation)
    {
        ImmutableInterlocked.Update(ref _waiting,
            waiting => waiting.RemoveAll(i => i.Room.Id == invitation.Room.Id).Insert(0, invitation));
        signals.Publish(new InvitedSignal(invitation));
    }

    /// <summary>Removes an invitation that was answered, or whose room I am in.</summary>
    public void Remove(string roomId) =>
        ImmutableInterlocked.Update(ref _waiting, waiting => waiting.RemoveAll(i => i.Room.Id == roomId));
}

using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client.Syncing;

/// <summary>The rooms that I am invited to, the newest invitation first. Thread-safe.</summary>
internal sealed class InvitationList(SignalFeed signals)
{
    private ImmutableList<Invitation> _waiting = [];

    /// <summary>A snapshot.</summary>
    public ImmutableList<Invitation> Waiting => Volatile.Read(ref _waiting);

    /// <summary>What the server says of all of them.</summary>
    public void Set(IReadOnlyList<Invitation> invitations) => Volatile.Write(ref _waiting, [.. invitations]);

    /// <summary>A new one.</summary>
    public void Add(Invitation invitation)
    {
        ImmutableInterlocked.Update(ref _waiting,
            waiting => waiting.RemoveAll(i => i.Room.Id == invitation.Room.Id).Insert(0, invitation));
        signals.Publish(new InvitedSignal(invitation));
    }

    /// <summary>It was answered, or I am in the room.</summary>
    public void Remove(string roomId) =>
        ImmutableInterlocked.Update(ref _waiting, waiting => waiting.RemoveAll(i => i.Room.Id == roomId));
}

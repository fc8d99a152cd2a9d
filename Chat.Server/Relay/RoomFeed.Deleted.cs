using Chat.Contracts;

namespace Chat.Server.Relay;

/// <summary>Keeps the feed from handing out the text of a message that was deleted.</summary>
public sealed partial class RoomFeed
{
    /// <summary>Most deletions that are remembered before they are in the tail.</summary>
    private const int MostAhead = 1_000;

    /// <summary>
    /// Messages whose deletion this feed has heard of, while the deletion is not in the tail yet. The feed blanks their
    /// text in everything that it reads.
    /// </summary>
    private readonly HashSet<long> _deletedAhead = [];

    /// <summary>
    /// The log has blanked a message. The feed will read the deletion, but until then it must not hand out the deleted
    /// text.
    /// </summary>
    private void DeletedAhead(long target)
    {
        if (_loaded && _deletedAhead.Count < MostAhead)
            _deletedAhead.Add(target);
        ForgetBodies(target);
    }

    private bool IsDeletedAhead(ChatEvent e) =>
        _deletedAhead.Count > 0 && (_deletedAhead.Contains(e.Seq)
            || (e is { Type: EventTypes.Edit, Target: { } target } && _deletedAhead.Contains(target)));

    /// <summary>
    /// Removes the bodies of a deleted message and its edits from everything that the feed hands out.
    /// </summary>
    private void ForgetBodies(long target)
    {
        blocks.Forget(this);
        Blank(target);
    }

    private void Blank(long? target) => _tail.Replace(old =>
        old.Seq == target || (old.Event.Type == EventTypes.Edit && old.Event.Target == target) ? Blanked(old) : old);

    private static RelayedEvent Blanked(RelayedEvent e) => new(e.Event with { Body = null });
}

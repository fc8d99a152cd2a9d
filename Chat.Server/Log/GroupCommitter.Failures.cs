using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Log;

/// <summary>Handles failed batches: tries parts of them again and refuses the writes that cannot be stored.</summary>
internal sealed partial class GroupCommitter
{
    /// <summary>
    /// Handles a batch that failed. If the store is to blame, it refuses all writes. Otherwise it tries the writes of
    /// each room apart from the others, and then each write by itself, so that it refuses only writes that fail by
    /// themselves.
    /// </summary>
    private void Separate(IReadOnlyList<Write> failed, Exception error)
    {
        // If the outcome of a COMMIT is unknown, the committer must not write any part of it again. A writer finds out
        // by a retry with the same client id.
        if (error is ChatException || DatabaseErrors.IsOfTheStore(error))
        {
            Refuse(failed, error);
            return;
        }
        var rooms = failed.GroupBy(w => w.Subject.RoomId ?? w.Subject.DirectKey ?? "").Select(g => g.ToList()).ToList();
        if (rooms.Count == 1 && DatabaseErrors.IsOfTheRoom(error))
        {
            Refuse(failed, error);
            return;
        }
        if (failed is [var one])
        {
            Settle(one, error);
            return;
        }
        _logger.TransactionFailed(failed.Count, error);
        foreach (var part in rooms.Count > 1 ? rooms : [.. failed.Select(w => new List<Write> { w })])
        {
            // A caller that no longer waits does not hold up the others.
            part.RemoveAll(w => w.IsGivenUp);
            if (part.Count > 0 && TryCommit(part) is { } own)
                Separate(part, own);
        }
    }

    /// <summary>
    /// Handles a write that failed by itself. If it fails again while the store accepts another write, no repeat will
    /// help. The committer then refuses it for good, so that the messages behind it in an outbox go on.
    /// </summary>
    private void Settle(Write write, Exception error)
    {
        if (DatabaseErrors.IsOfTheWrite(error))
        {
            _logger.TryingAgain(1, DatabaseErrors.Describe(error));
            if (TryCommit([write]) is not { } again)
                return;
            if (DatabaseErrors.IsOfTheWrite(again) && TryCommit([new Write<bool>(new Subject(), Probe)]) is null)
            {
                _logger.RefusedForGood(again);
                write.Refuse(new ChatException(ErrorCodes.Invalid,
                    "the server cannot store this, however often it is sent; its log says why", again));
                return;
            }
            error = again;
        }
        Refuse([write], error);
    }

    private static bool Probe(Appender log)
    {
        log.Probe();
        return true;
    }

    private void Refuse(IReadOnlyList<Write> writes, Exception error)
    {
        // Logged in full only once, because writers try again for as long as the store is away.
        if (_failing)
            _logger.WriteFailedAgain(DatabaseErrors.Describe(error));
        else
            _logger.WriteFailed(error);
        _failing = true;
        foreach (var write in writes)
            write.Refuse(error as ChatException ?? DatabaseErrors.Unavailable(error));
    }
}

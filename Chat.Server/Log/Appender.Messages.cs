using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>Messages, and what is said about them later.</summary>
internal abstract partial class Appender
{
    public IReadOnlyList<AppendResult> Append(string roomId, UserRef sender, IReadOnlyList<Draft> drafts)
    {
        var room = Room(roomId);
        if (!Member(room, sender.Id).Present && Earlier(room, sender, drafts) is { } earlier)
            return earlier;
        var standing = RequireMember(room, sender.Id);
        var results = new AppendResult[drafts.Count];
        for (var i = 0; i < drafts.Count; i++)
            results[i] = Append(room, standing, sender, drafts[i]);
        AcceptByAnswer(room, sender, results);
        return results;
    }

    private AppendResult Append(OpenRoom room, Standing standing, UserRef sender, Draft draft)
    {
        // A repeat is answered as the first time, whatever has happened to its target since: look before judging it.
        // A plain message needs no look: inserting it finds out.
        var refersToAnother = draft.Target is not null || draft.ReplyTo is not null;
        if (refersToAnother && FindEvent(room.Id, sender.Id, draft.ClientId) is { } first)
            return Repeat(first, draft);
        if (refersToAnother && Objection(room, standing, sender, draft) is { } objection)
            return new AppendResult(null, Repeated: false, objection);

        var e = Next(room, draft.Type, sender) with { ClientId = draft.ClientId, Body = draft.Body, ReplyTo = draft.ReplyTo, Target = draft.Target };
        if (!TryAppend(room, e))
            return Repeat(FindEvent(room.Id, sender.Id, draft.ClientId)!, draft);
        if (draft.Type == EventTypes.Delete)
            Blank(room.Id, draft.Target!.Value);
        return new AppendResult(e, Repeated: false, Error: null);
    }

    /// <summary>
    /// What became of those drafts that were written while the sender was a member: the answer may have been lost, and "forbidden" would say that they are
    /// nowhere. Null if none was.
    /// </summary>
    private IReadOnlyList<AppendResult>? Earlier(OpenRoom room, UserRef sender, IReadOnlyList<Draft> drafts)
    {
        var first = drafts.Select(d => FindEvent(room.Id, sender.Id, d.ClientId)).ToList();
        if (first.TrueForAll(e => e is null))
            return null;
        var stranger = NoMember(room);
        return [.. drafts.Zip(first, (draft, e) => e is null ? new AppendResult(null, Repeated: false, new SendError(stranger.Code, stranger.Message)) : Repeat(e, draft))];
    }

    private static AppendResult Repeat(ChatEvent first, Draft draft)
    {
        // A deleted body cannot be compared any more; the rest still can.
        var same = first.Type == draft.Type && first.ReplyTo == draft.ReplyTo && first.Target == draft.Target
            && (first.Body is null || first.Body == draft.Body);
        return same
            ? new AppendResult(first, Repeated: true, Error: null)
            : new AppendResult(null, Repeated: false, new SendError(ErrorCodes.KeyReused, "clientId was used before in this room, with other content"));
    }

    private SendError? Objection(OpenRoom room, Standing standing, UserRef sender, Draft draft)
    {
        var (seq, field) = draft.Target is { } target ? (target, "target") : (draft.ReplyTo!.Value, "replyTo");
        var about = FindEvent(room.Id, seq);
        if (about is not { Type: EventTypes.Message })
            return new SendError(ErrorCodes.Invalid, $"{field}: no message has this number in this room");
        if (draft.Type is EventTypes.Edit or EventTypes.Reaction && about.Body is null)
            return new SendError(ErrorCodes.Invalid, "target: this message was deleted");
        if (draft.Type is EventTypes.Edit && about.Sender.Id != sender.Id)
            return new SendError(ErrorCodes.Forbidden, "only its sender may edit a message");
        if (draft.Type is EventTypes.Delete && about.Sender.Id != sender.Id && !standing.Owner)
            return new SendError(ErrorCodes.Forbidden, "only its sender or the room's owner may delete a message");
        return null;
    }
}

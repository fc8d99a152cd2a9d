using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Relay;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Rooms;

/// <summary>What is said.</summary>
public sealed partial class ChatRooms
{
    /// <summary>A feed reads how the user stands to the room, what they have agreed to, and the room's head.</summary>
    private const int CostOfOpening = 2;

    /// <summary>
    /// Posts messages in order, in one transaction; durable when answered. Each is answered by itself; a message that breaks a rule is
    /// refused alone.
    /// </summary>
    public async Task<IReadOnlyList<SendResult>> PostAsync(User me, string? roomId, IReadOnlyList<NewMessage?>? messages)
    {
        if (messages is not { Count: > 0 })
            throw Rules.Invalid("messages", $"1 to {Limits.BatchMessages} messages");
        if (messages.Count > Limits.BatchMessages)
            throw new ChatException(ErrorCodes.TooLarge, $"messages: at most {Limits.BatchMessages} at once");
        rate.Take(me.Id, messages.Select(m => m?.Body));

        var drafts = new List<Draft>(messages.Count);
        var results = new SendResult?[messages.Count];
        for (var i = 0; i < messages.Count; i++)
        {
            try
            {
                drafts.Add(Rules.Message(messages[i], _limits.BodyBytes));
            }
            catch (ChatException e)
            {
                results[i] = new SendResult { ClientId = messages[i]?.ClientId, Error = new SendError(e.Code, e.Message) };
            }
        }
        // Also without any draft left: who is no member learns that first.
        var appended = await log.AppendAsync(Rules.Id(roomId), Ref(me), drafts);
        for (int i = 0, next = 0; i < results.Length; i++)
            results[i] ??= Result(drafts[next], appended[next++]);
        return results!;
    }

    /// <summary>Posts one message; the event, and whether it was there already.</summary>
    public async Task<(ChatEvent Event, bool Repeated)> PostAsync(User me, string? roomId, NewMessage? message)
    {
        rate.Take(me.Id, [message?.Body]);
        return await AppendAsync(me, roomId, Rules.Message(message, _limits.BodyBytes));
    }

    /// <summary>Replaces the body of a message of mine.</summary>
    public async Task<SendResult> EditAsync(User me, string? roomId, long target, NewMessage? message)
    {
        rate.Take(me.Id, [message?.Body]);
        var draft = Rules.Message(message is null ? null : message with { ReplyTo = null }, _limits.BodyBytes);
        return await AppendResultAsync(me, roomId, draft with { Type = EventTypes.Edit, Target = Rules.Seq("target", target) });
    }

    /// <summary>Takes a message back: mine, or anybody's in a room of mine.</summary>
    public async Task<SendResult> DeleteAsync(User me, string? roomId, long target, string? clientId)
    {
        rate.Take(me.Id, 1);
        return await AppendResultAsync(me, roomId, new Draft(EventTypes.Delete, Rules.ClientId(clientId), Body: null, Target: Rules.Seq("target", target)));
    }

    /// <summary>Puts a reaction on a message, or takes mine back.</summary>
    public async Task<SendResult> ReactAsync(User me, string? roomId, long target, NewMessage? reaction)
    {
        rate.Take(me.Id, 1);
        var draft = new Draft(EventTypes.Reaction, Rules.ClientId(reaction?.ClientId), Rules.Reaction(reaction?.Body), Target: Rules.Seq("target", target));
        return await AppendResultAsync(me, roomId, draft);
    }

    /// <summary>A page of a room's events: for a member all of them, for who has left those up to the leave.</summary>
    public Task<EventPage> HistoryAsync(User me, string? roomId, PageRequest? page, CancellationToken cancellation)
    {
        var (before, after, limit) = Rules.Page(page, _limits.PageSize);
        Rules.Id(roomId);
        return reads.TakeAsync(me.Id, () => PageAsync(me, roomId!, before, after, limit, cancellation),
            ReadBudget.CostOf, cancellation);
    }

    private async Task<EventPage> PageAsync(User me, string roomId, long? before, long? after, int limit,
        CancellationToken cancellation)
    {
        var sight = await PastOrPresentAsync(me, roomId);
        // What is committed after this moment may come after a removal: the next page shows it, or not.
        var end = sight.LeftSeq ?? sight.Head;
        // The number that follows the page: nothing is read that would not be shown.
        var next = Math.Min(before ?? long.MaxValue, end + 1);
        var most = (int)Math.Min(limit, next - 1 - (after ?? 0));
        if (most <= 0)
            return new EventPage([], end);
        var events = after is { } from
            ? await log.ReadAfterAsync(roomId, from, most, cancellation)
            : await log.ReadBeforeAsync(roomId, next, most, cancellation);
        return new EventPage(events, end);
    }

    /// <summary>Lets a session follow one room from a number on: of a member everything, of who has left what comes up to the leave.</summary>
    public Task<Following> FollowAsync(Session session, string? roomId, long? after, CancellationToken cancellation)
    {
        var (_, cursor, _) = Rules.Page(new PageRequest(After: after), _limits.PageSize);
        Rules.Id(roomId);
        return reads.FeedAsync(
            session.User.Id,
            () => session.FollowAsync(roomId!, cursor, () => PastOrPresentAsync(session.User, roomId!)),
            _ => CostOfOpening, cancellation);
    }

    /// <summary>Members, and who was one, have something to see.</summary>
    private async Task<Sight> PastOrPresentAsync(User me, string roomId)
    {
        var sight = await catalog.SightAsync(me.Id, roomId);
        if (sight is null || (!sight.WasMember && sight.Kind != RoomKind.Public))
            throw NoSuchRoom();
        if (sight.Kind == RoomKind.Direct && await consent.HidesAsync(me.Id, roomId))
            throw NoSuchRoom();
        return sight.WasMember ? sight : throw new ChatException(ErrorCodes.Forbidden, "you are not a member of this room; join it first");
    }

    private async Task<(ChatEvent Event, bool Repeated)> AppendAsync(User me, string? roomId, Draft draft)
    {
        var result = (await log.AppendAsync(Rules.Id(roomId), Ref(me), [draft]))[0];
        return result.Error is { } error ? throw new ChatException(error.Code, error.Message) : (result.Event!, result.Repeated);
    }

    private async Task<SendResult> AppendResultAsync(User me, string? roomId, Draft draft)
    {
        var (e, _) = await AppendAsync(me, roomId, draft);
        return Result(draft, new AppendResult(e, Repeated: false, Error: null));
    }

    private static SendResult Result(Draft draft, AppendResult appended) => appended.Event is { } e
        ? new SendResult { ClientId = draft.ClientId, Seq = e.Seq, Id = e.Id, At = e.At }
        : new SendResult { ClientId = draft.ClientId, Error = appended.Error };
}

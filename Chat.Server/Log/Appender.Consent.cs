using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>The rules of consent: requests, invitations and blocks. Appender.ConsentRows.cs has their rows.</summary>
internal abstract partial class Appender
{
    private readonly SortedSet<string> _concerned = new(StringComparer.Ordinal);

    /// <summary>The people for whom the last committed transaction changed requests, invitations or blocks.</summary>
    public IReadOnlyList<string> Concerned { get; private set; } = [];

    /// <summary>
    /// Opens a direct room as <see cref="OpenDirect"/> does, but <paramref name="other"/> has to agree.
    /// </summary>
    public string RequestDirect(string roomId, UserRef me, UserRef other, ConsentBounds bounds)
    {
        if (FindDirectRoom(DirectKey(me.Id, other.Id)) is { } first)
            return first;
        if (CountOpenRequests(me.Id, bounds.Open) >= bounds.Open)
            throw Exceeded($"at most {bounds.Open} requests of yours may wait for an answer");
        if (CountWaitingRequests(other.Id, bounds.Waiting) >= bounds.Waiting)
            throw Exceeded("this person has too many open requests");
        var id = OpenDirect(roomId, me, other);
        if (id == roomId && me.Id != other.Id)
        {
            PutRequest(id, me.Id, other.Id, Milliseconds, declined: FindHidden(other.Id, id));
            _rooms[id].RequestTo = other.Id;
            _concerned.UnionWith([me.Id, other.Id]);
        }
        return id;
    }

    public void AnswerRequest(string roomId, UserRef me, bool accept, ConsentBounds bounds)
    {
        var room = Room(roomId);
        RequireMember(room, me.Id);
        if (room.RequestTo != me.Id)
        {
            // The answer is a repeat: a message has accepted the request already, or an acknowledgement was lost.
            if (accept && room is { Kind: RoomKind.Direct, RequestTo: null })
                return;
            throw new ChatException(ErrorCodes.NotFound, "no request waits for your answer in this room");
        }
        if (accept)
            EndRequest(room, me.Id);
        else if (!FindHidden(me.Id, room.Id))
            HideWithin(bounds, me.Id, room.Id);
    }

    public void Show(string roomId, string userId)
    {
        var room = Room(roomId);
        RequireMember(room, userId);
        if (Unhide(userId, room.Id))
            _concerned.Add(userId);
    }

    public void Block(UserRef me, UserRef other, ConsentBounds bounds)
    {
        if (FindBlock(me.Id, other.Id))
            return;
        if (CountBlocks(me.Id, bounds.Blocked) >= bounds.Blocked)
            throw Exceeded($"at most {bounds.Blocked} people can be blocked");
        PutBlock(me.Id, other, Milliseconds);
        if (FindDirectRoom(DirectKey(me.Id, other.Id)) is { } direct)
            Hide(me.Id, direct);
        DeclineInvitationsBy(other.Id, me.Id);
        _concerned.Add(me.Id);
    }

    public void Unblock(UserRef me, string otherId)
    {
        if (!DeleteBlock(me.Id, otherId))
            return;
        if (FindDirectRoom(DirectKey(me.Id, otherId)) is { } direct)
            Unhide(me.Id, direct);
        _concerned.Add(me.Id);
    }

    public void Invite(string roomId, UserRef person, UserRef by, ConsentBounds bounds)
    {
        var room = Room(roomId);
        RequireMember(room, by.Id);
        if (room.Kind == RoomKind.Direct)
            throw new ChatException(ErrorCodes.Forbidden, "a direct room is between two people");
        var earlier = FindInvitation(person.Id, room.Id);
        if (Member(room, person.Id).Present || earlier is { Withdrawn: false })
            return;
        if (CountOpenInvitations(by.Id, bounds.Open) >= bounds.Open)
            throw Exceeded($"at most {bounds.Open} invitations of yours may wait for an answer");
        if (CountOpenInvitations(by.Id, person.Id, ConsentBounds.OfOne) >= ConsentBounds.OfOne)
            throw Exceeded($"at most {ConsentBounds.OfOne} invitations of yours may wait for one person");
        if (CountWaitingInvitations(person.Id, bounds.Waiting) >= bounds.Waiting)
            throw Exceeded("this person has too many open invitations");
        // A person who declined an invitation to this room is not asked again, and the inviter does not notice.
        var declined = earlier is not null || FindBlock(person.Id, by.Id);
        PutInvitation(room.Id, person, by, Milliseconds, declined);
        _concerned.Add(by.Id);
        if (!declined)
            _concerned.Add(person.Id);
    }

    public void AnswerInvitation(string roomId, UserRef me, bool accept)
    {
        var room = Room(roomId);
        if (FindInvitation(me.Id, room.Id) is not { Declined: false } invitation)
        {
            if (accept && Member(room, me.Id).Present)
                return;
            throw new ChatException(ErrorCodes.NotFound, "nobody invites you to this room");
        }
        if (!accept)
        {
            DeclineInvitation(me.Id, room.Id);
            _concerned.Add(me.Id);
            return;
        }
        // An invitation ends when its inviter leaves, because the owner may have removed the inviter for it.
        if (!FindStandingNow(room.Id, invitation.By.Id).Present)
            throw new ChatException(ErrorCodes.NotFound, "the person who invited you is no longer in this room");
        if (!Member(room, me.Id).Present)
            Admit(room, me, invitation.By, owner: false);
        _concerned.UnionWith([me.Id, invitation.By.Id]);
    }

    public bool WithdrawInvitation(string roomId, string userId, UserRef by)
    {
        var room = Room(roomId);
        var standing = RequireMember(room, by.Id);
        if (FindInvitation(userId, room.Id) is not { Withdrawn: false } invitation
            || (invitation.By.Id != by.Id && !standing.Owner))
            return false;
        if (invitation.Declined)
        {
            WithdrawDeclined(userId, room.Id);
        }
        else
        {
            DeleteInvitation(userId, room.Id);
            _concerned.Add(userId);
        }
        _concerned.Add(invitation.By.Id);
        return true;
    }

    /// <summary>
    /// Runs after the two members of a direct room were admitted. It hides the room from a member who blocks the other.
    /// </summary>
    private void HideIfBlocked(OpenRoom room, UserRef me, UserRef other)
    {
        if (!FindBlock(other.Id, me.Id))
            return;
        Hide(other.Id, room.Id);
        _concerned.Add(other.Id);
    }

    /// <summary>A message of the person who was asked accepts the request.</summary>
    private void AcceptByAnswer(OpenRoom room, UserRef sender, AppendResult[] results)
    {
        if (room.RequestTo == sender.Id && results.Any(r => r is { Event.Type: EventTypes.Message, Repeated: false }))
            EndRequest(room, sender.Id);
    }

    private void EndRequest(OpenRoom room, string answeredBy)
    {
        if (FindRequester(room.Id) is { } requester)
            _concerned.Add(requester);
        DeleteRequest(room.Id);
        room.RequestTo = null;
        Unhide(answeredBy, room.Id);
        _concerned.Add(answeredBy);
    }

    private void HideWithin(ConsentBounds bounds, string userId, string roomId)
    {
        if (CountHidden(userId, bounds.Blocked) >= bounds.Blocked)
            throw Exceeded($"at most {bounds.Blocked} rooms can be refused or blocked");
        Hide(userId, roomId);
        _concerned.Add(userId);
    }

    /// <summary>
    /// Runs shortly before the commit, and in a fixed order, so that two transactions never wait for each other's rows.
    /// </summary>
    private void CountConcerned()
    {
        foreach (var userId in _concerned)
            CountChange(userId);
        Concerned = [.. _concerned];
    }

    private long Milliseconds => new DateTimeOffset(_now).ToUnixTimeMilliseconds();

    private static ChatException Exceeded(string text) => new(ErrorCodes.QuotaExceeded, text);
}

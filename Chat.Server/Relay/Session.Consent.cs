using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// Hides rooms that a session's user does not want to see, or has still to agree to. The session keeps the state that
/// it has last told its client. At each report of a change it reads the new state in its turn and writes the
/// difference. So it never writes events of a hidden room, however late the report comes.
/// </summary>
public sealed partial class Session
{
    private readonly List<(ChatEvent Join, long Cursor)> _asking = [];
    private volatile PersonalConsent _consent = PersonalConsent.None;
    private ConsentRead? _newestRead, _appliedRead;

    /// <summary>The waiting invitations, as of the last sync or change.</summary>
    public IReadOnlyList<Invitation> Invitations => _consent.Invitations;

    /// <summary>The version of requests, invitations and blocks that this session uses.</summary>
    internal long ConsentVersion => _consent.Version;

    /// <summary>Whether the room is hidden from the user; null if this session does not know.</summary>
    internal bool? Hides(string roomId) => _live ? _consent.Hidden.Contains(roomId) : null;

    /// <summary>Notes that requests, invitations or blocks of the user have changed.</summary>
    internal void ConsentChanged(ConsentRead read)
    {
        Expect(read);
        Wake();
    }

    /// <summary>
    /// The next turn applies this read, unless a later one is due already or was applied: that one knows more.
    /// </summary>
    private void Expect(ConsentRead read)
    {
        var newest = Volatile.Read(ref _newestRead);
        while (newest is null || newest.Number < read.Number)
        {
            var seen = Interlocked.CompareExchange(ref _newestRead, read, newest);
            if (seen == newest)
                return;
            newest = seen;
        }
    }

    /// <summary>
    /// Called under the lock. If nobody has to agree, it admits at once, as <see cref="Admit"/> does. Otherwise the
    /// session's next turn first checks whether its user wants to see the room.
    /// </summary>
    private Subscription? AdmitOrAsk(ChatEvent join, long cursor, ConsentRead? read)
    {
        if (read is null)
            return Admit(join, cursor);
        _asking.Add((join, cursor));
        ConsentChanged(read);
        return null;
    }

    /// <summary>Called with the turn, when delivery starts. This read knows of whatever was due before it.</summary>
    private async Task ReadConsentAsync()
    {
        if (_relay.Consent is not { } consent)
            return;
        var due = Volatile.Read(ref _newestRead);
        _consent = await consent.OfAsync(User.Id);
        _appliedRead = due;
    }

    /// <summary>
    /// In a room that waits for consent, neither person gets the other's typing and read markers. The typing of a
    /// blocked person reaches the user in no room.
    /// </summary>
    private bool Wants(SharedNotice shared) => shared.UserId == User.Id || shared.Notice switch
    {
        Notice.Typing typing => !_consent.IsQuiet(typing.RoomId) && !_consent.Blocked.Contains(typing.UserId),
        Notice.ReadMarker marker => !_consent.IsQuiet(marker.RoomId),
        _ => true,
    };

    /// <summary>Reads the change and writes its effect to the client. False if the connection is over.</summary>
    private async ValueTask<bool> ApplyConsentAsync()
    {
        // The joins first: the read that is due by now was made after them.
        List<(ChatEvent Join, long Cursor)> asking;
        lock (_gate)
        {
            asking = [.. _asking];
            _asking.Clear();
        }
        var read = Volatile.Read(ref _newestRead);
        if (read is null || (read == _appliedRead && asking.Count == 0))
            return true;
        try
        {
            var before = _consent;
            if (read != _appliedRead)
                _consent = await ValueAsync(read);
            var back = await FindBackAsync(before);
            _appliedRead = read;
            return await ApplyConsentAsync(before, asking, back);
        }
        catch (ChatException)
        {
            lock (_gate)
                _asking.InsertRange(0, asking);
            throw;
        }
    }

    private async Task<PersonalConsent> ValueAsync(ConsentRead read)
    {
        try
        {
            return await read.ValueAsync();
        }
        catch (ChatException)
        {
            Expect(read.Again());
            throw;
        }
    }

    /// <summary>The rooms that the user sees again.</summary>
    private async Task<List<Room>> FindBackAsync(PersonalConsent before)
    {
        var back = new List<Room>();
        try
        {
            foreach (var roomId in before.Hidden.Where(r => _followed is null && !_consent.Hidden.Contains(r)))
            {
                if (await _relay.Catalog.FindAsync(User.Id, roomId) is { } room)
                    back.Add(room);
            }
        }
        catch (ChatException)
        {
            _consent = before; // the next turn finds the same difference
            throw;
        }
        return back;
    }

    private async ValueTask<bool> ApplyConsentAsync(PersonalConsent before, List<(ChatEvent Join, long Cursor)> asking,
        List<Room> back)
    {
        var now = _consent;
        var shown = new List<Subscription>();
        lock (_gate)
        {
            foreach (var (join, cursor) in asking.Where(a => !now.Hidden.Contains(a.Join.RoomId)))
            {
                if (Admit(join, cursor) is { } admitted)
                    shown.Add(admitted);
            }
            // The client has forgotten these rooms with their cursors, so its events begin after the number before the
            // join.
            foreach (var room in back.Where(r => !_subscriptions.ContainsKey(r.Id)))
            {
                NoticeJoined(room.Id);
                if (Subscribe(room.Id, room.Joined - 1, knownAt: room.Head) is not { } returned)
                    continue;
                // The feed may have missed events while nobody here followed the room.
                returned.Feed.Announce(room.Head);
                shown.Add(returned);
            }
            shown.AddRange(before.Requests.Keys.Where(r => !now.IsQuiet(r))
                .Select(r => _subscriptions.GetValueOrDefault(r)).OfType<Subscription>().Except(shown));
            foreach (var roomId in now.RoomsChangedSince(before).Where(_subscriptions.ContainsKey))
                NoticeJoined(roomId);
            foreach (var userId in now.Blocked.Where(u => !before.Blocked.Contains(u) && _followed is null))
                Pending.Presence[userId] = PresenceState.Offline;
        }
        foreach (var subscription in shown)
            subscription.Wake();
        foreach (var subscription in shown.Where(s => s.IsMember && !now.IsQuiet(s.Feed.RoomId)))
            _relay.Presence.Entered(this, subscription.Feed);
        if (before.Blocked.Any(u => !now.Blocked.Contains(u)))
            _relay.Presence.Introduce(this);
        return await HideAsync(before, now) && await TellInvitationsAsync(before, now);
    }

    private async ValueTask<bool> HideAsync(PersonalConsent before, PersonalConsent now)
    {
        List<Subscription> hidden = [];
        lock (_gate)
        {
            foreach (var roomId in now.Hidden)
            {
                if (_subscriptions.Remove(roomId, out var subscription))
                    hidden.Add(subscription);
            }
        }
        foreach (var subscription in hidden)
        {
            subscription.Feed.Remove(subscription);
            // In a request neither person was shown as present, so an "offline" now would tell the other person of the
            // refusal.
            if (!before.IsQuiet(subscription.Feed.RoomId))
                _relay.Presence.Withdrew(this, subscription.Feed);
            _relay.Feeds.Release(subscription.Feed);
            if (!await Timed(_transport.WriteAsync(new Notice.RoomRemoved(subscription.Feed.RoomId))))
                return false;
        }
        return true;
    }

    private async ValueTask<bool> TellInvitationsAsync(PersonalConsent before, PersonalConsent now)
    {
        foreach (var invitation in now.Invitations.Where(i => _followed is null && !before.Invitations.Contains(i)))
        {
            if (!await Timed(_transport.WriteAsync(new Notice.Invited(invitation))))
                return false;
        }
        return true;
    }
}

using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.Extensions.Options;

namespace Chat.Server.Relay;

/// <summary>
/// Runs a read of older events for a user when it is the user's turn. The server's rooms know when that is.
/// </summary>
/// <param name="userId">Whose session reads.</param>
/// <param name="read">Reads; its result tells how much was read.</param>
/// <param name="cancellation">The connection is over.</param>
public delegate Task<IReadOnlyList<RelayedEvent>> BacklogReads(
    string userId, Func<Task<IReadOnlyList<RelayedEvent>>> read, CancellationToken cancellation);

/// <summary>
/// From the log to the sessions of this node. It hears of commits from the log (and, in a cluster, from the backplane), moves the feeds of
/// their rooms, and wakes who follows them. What it may not have heard of, <see cref="Comparison"/> finds. Thread-safe.
/// </summary>
public sealed class NodeRelay
{
    private readonly ConcurrentDictionary<string, Session[]> _sessions = [];
    private readonly ConcurrentDictionary<Session, bool> _open = [];
    private readonly IBackplane _backplane;
    private readonly LimitOptions _limits;

    public NodeRelay(
        IRoomLog log, RoomCatalog catalog, IBackplane backplane, IOptions<LimitOptions> limits,
        IOptions<RelayOptions> options, TimeProvider time, ILogger<NodeRelay> logger,
        ConsentCatalog? consent = null, BacklogReads? backlog = null)
    {
        Backlog = backlog ?? ((_, read, _) => read());
        Consent = consent;
        (Log, Catalog, Time, Logger, Options) = (log, catalog, time, logger, options.Value);
        (_backplane, _limits) = (backplane, limits.Value);
        Blocks = new HistoryBlocks(log);
        Feeds = new RoomFeeds(log, Blocks, backplane, logger, room =>
        {
            catalog.ForgetMembers(room);
            consent?.Forget();
        });
        Presence = new PresenceBoard(Options, Feeds, backplane, time, logger);
        Updates = new RoomUpdates(this);
        Comparison = new Comparison(this);
        log.Committed += events =>
        {
            Apply(events);
            backplane.Publish(events);
        };
        log.ConsentChanged += people =>
        {
            LookAgain(people);
            backplane.PublishConsent(people);
        };
        backplane.ConsentHeard += LookAgain;
        backplane.EventsHeard += Apply;
        backplane.SignalHeard += Tell;
        backplane.SignInEndHeard += EndHere;
        backplane.MayHaveMissed += Comparison.Ask;
    }

    public PresenceBoard Presence { get; }

    /// <summary>
    /// Which of these sign-ins are over: asked when word of it may have been lost. The relay knows nothing of sign-ins; who opens sessions sets it.
    /// </summary>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyList<string>>> EndedSignIns { get; set; } = (_, _) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Paces what a user's sessions read of older events.</summary>
    internal BacklogReads Backlog { get; }

    internal Comparison Comparison { get; }

    internal RoomUpdates Updates { get; }

    internal IRoomLog Log { get; }

    internal RoomCatalog Catalog { get; }

    /// <summary>The state of requests, invitations and blocks; null if nobody ever has to agree.</summary>
    internal ConsentCatalog? Consent { get; }

    internal RoomFeeds Feeds { get; }

    internal HistoryBlocks Blocks { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal RelayOptions Options { get; }

    /// <summary>A session further behind than this many events is told to page what lies between.</summary>
    internal long CatchUp => _limits.CatchUp;

    /// <summary>How many of the newest events it gets nevertheless.</summary>
    internal long SkipTo => Math.Min(_limits.PageSize, _limits.CatchUp);

    /// <summary>A session for a new connection. Nothing is written before its first sync; <see cref="Session.Close"/> ends it.</summary>
    /// <param name="transport">The way to the client.</param>
    /// <param name="user">Who it is.</param>
    /// <param name="signInId">The sign-in that it ends with.</param>
    /// <param name="expires">When it ends in any case; null where somebody else sees to that, or nobody.</param>
    public Session Open(ITransport transport, User user, string signInId, DateTimeOffset? expires = null)
    {
        var session = new Session(this, transport, user, signInId, expires);
        _open[session] = true;
        return session;
    }

    /// <summary>Somebody types in a room, or has read it: the others there hear of it, if nothing is in the way.</summary>
    public void Signal(RelaySignal signal)
    {
        Tell(signal);
        _backplane.Publish(signal);
    }

    /// <summary>A sign-in has ended: so do its connections, on every node.</summary>
    public void EndSignIn(string signInId)
    {
        EndHere(signInId);
        _backplane.PublishSignInEnd(signInId);
    }

    /// <summary>The sign-ins that have a connection here.</summary>
    internal IReadOnlyCollection<string> SignIns() => [.. _open.Keys.Select(s => s.SignInId).Distinct()];

    /// <summary>A sign-in has ended, as everybody knows.</summary>
    internal void EndHere(string signInId)
    {
        foreach (var (session, _) in _open)
        {
            if (session.SignInId == signInId)
                session.SignOut();
        }
    }

    /// <summary>The sessions that have synced.</summary>
    internal IEnumerable<Session> All() => _sessions.Values.SelectMany(s => s);

    internal void Add(Session session) => _sessions.AddOrUpdate(
        session.User.Id, _ => [session], (_, others) => others.Contains(session) ? others : [.. others, session]);

    internal void Closed(Session session) => _open.TryRemove(session, out _);

    internal void Remove(Session session)
    {
        var rest = _sessions.AddOrUpdate(session.User.Id, _ => [], (_, all) => [.. all.Where(s => s != session)]);
        if (rest.Length > 0)
            return;
        _sessions.TryRemove(new KeyValuePair<string, Session[]>(session.User.Id, rest));
        Presence.Left(session);
    }

    /// <summary>The synced sessions of a user.</summary>
    internal IReadOnlyList<Session> Of(string userId) => _sessions.GetValueOrDefault(userId) ?? [];

    /// <summary>Word of commits, from whomever.</summary>
    internal void Apply(IReadOnlyList<ChatEvent> events)
    {
        foreach (var e in events)
        {
            if (e.Type == EventTypes.Leave)
                Presence.Gone(e.Sender.Id, e.RoomId);
            Feeds.Find(e.RoomId)?.Apply(e);
            if (e.Type == EventTypes.Join && _sessions.TryGetValue(e.Sender.Id, out var sessions))
            {
                var read = LookAt(e.Sender.Id);
                foreach (var session in sessions)
                    session.Joined(e, read);
            }
            // Who joins is told by its sessions; that others come and go, the event says: a crowd need not read the room for that.
            if (e.Type == EventTypes.Room && Feeds.Find(e.RoomId) is not null)
                Updates.Ask(e.RoomId);
        }
    }

    private void Tell(RelaySignal signal) => Feeds.Find(signal.RoomId)?.SignalsOf(this).Add(signal);

    /// <summary>Makes the sessions of these people read their requests, invitations and blocks again.</summary>
    internal void LookAgain(IEnumerable<string> people)
    {
        foreach (var userId in people)
        {
            var sessions = Of(userId);
            if (sessions.Count == 0 || LookAt(userId) is not { } read)
                continue;
            foreach (var session in sessions)
                session.ConsentChanged(read);
        }
    }

    private ConsentRead? LookAt(string userId) => Consent is null ? null : new ConsentRead(Consent, userId);

    /// <summary>Whether a room is hidden from a user; null if no connection to this node knows.</summary>
    internal bool? Hides(string userId, string roomId) =>
        Of(userId).Select(s => s.Hides(roomId)).FirstOrDefault(h => h is not null);
}

using System.Text;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// Limits, on this node, how fast one user may send messages (<c>Chat:Limits:SendRate</c>), make other calls
/// (<c>CallRate</c>), move read markers (<c>MarkRate</c>) and rename a room (<c>RoomChangesPerMinute</c>). It also
/// holds the limits by the hour on calls that cost other people something. Thread-safe.
/// </summary>
public sealed class Rates(IOptions<LimitOptions> limits, RequestRates requests, TimeProvider time)
{
    /// <summary>
    /// A message counts once more for each such part, begun or whole, because the bytes that the server writes to every
    /// member grow with it.
    /// </summary>
    private const int BytesOfOne = 4 * 1024;

    /// <summary>The additional bytes of a control character in JSON.</summary>
    private const int EscapeBytes = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TokenBuckets _messages = new("messages", limits.Value.SendRate, limits.Value.SendBurst, time);
    private readonly TokenBuckets _marks = new("read markers", limits.Value.MarkRate, limits.Value.MarkBurst, time);
    private readonly TokenBuckets _changes = AMinute("changes of a room", limits.Value.RoomChangesPerMinute, time);

    private readonly TokenBuckets _rooms = AnHour("rooms made or joined", limits.Value.RoomsPerHour, time);
    private readonly TokenBuckets _directs = AnHour("direct rooms", limits.Value.DirectsPerHour, time);
    private readonly TokenBuckets _invitations = AnHour("invitations", limits.Value.InvitationsPerHour, time);
    private readonly TokenBuckets _invitationsOfOne =
        AnHour("invitations of one person", limits.Value.InvitationsOfOnePerHour, time);
    private readonly TokenBuckets _blocks = AnHour("blocks and answers to requests", limits.Value.BlocksPerHour, time);
    private readonly TokenBuckets _names = AnHour("names looked up", limits.Value.NamesPerHour, time);

    /// <summary>
    /// Counts stored events: messages, edits, deletions and reactions, and changes of rooms and memberships.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, int events) => _messages.Take(userId, events);

    /// <summary>Counts messages with these bodies. A long one counts as several.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, IEnumerable<string?> bodies) => _messages.Take(userId, bodies.Sum(Weight));

    /// <summary>
    /// Any other call over the hub, whatever it does. Over HTTP the request is counted
    /// (<see cref="RequestRates.AskedByUser"/>).
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => requests.Call(userId);

    /// <summary>
    /// Counts a change of a room's name or topic. Each owner has a count of their own, so that nobody uses up another
    /// owner's.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Change(string roomId, string userId) => _changes.Take($"{roomId} {userId}", 1);

    /// <summary>
    /// Counts a read marker before it is written. Over the rate the call waits. A client has one such call under way
    /// and merges later markers, so a wait costs it nothing, while a refusal would lose its newest marker.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c> if too many wait already.</exception>
    public Task MarkAsync(string userId, CancellationToken cancellation) =>
        _marks.WaitAsync(userId, 1, s_patience, cancellation);

    /// <summary>Counts a room that is made or joined.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Room(string userId) => _rooms.Take(userId, 1);

    /// <summary>Counts a direct room that is opened for the first time.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Direct(string userId) => _directs.Take(userId, 1);

    /// <summary>
    /// Counts an invited person. One user may invite the same person only so often, because all of that person's
    /// devices hear of it.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Invitation(string userId, string personId)
    {
        _invitations.Take(userId, 1);
        _invitationsOfOne.Take($"{userId} {personId}", 1);
    }

    /// <summary>
    /// Counts a person, or a direct room, that is hidden or shown again. Each of the user's sessions gets all events of
    /// a room that comes back.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Block(string userId) => _blocks.Take(userId, 1);

    /// <summary>
    /// Counts a name that is looked up. Call this before the answer tells whether the name exists; otherwise a client
    /// could read the directory by guessing.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Name(string userId) => _names.Take(userId, 1);

    private static int Weight(string? body)
    {
        if (body is null)
            return 1;
        var bytes = Encoding.UTF8.GetByteCount(body) + (body.Count(char.IsControl) * EscapeBytes);
        return 1 + (bytes / BytesOfOne);
    }

    private static TokenBuckets AnHour(string what, int most, TimeProvider time) => new(what, most, most, time, "hour");

    private static TokenBuckets AMinute(string what, int most, TimeProvider time) =>
        new(what, most, most, time, "minute");
}

using System.Text;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// How fast one user may say things (<c>Chat:Limits:SendRate</c>), call anything else (<c>CallRate</c>) and move read
/// markers (<c>MarkRate</c>), how often a room may get another name (<c>RoomChangesPerMinute</c>), and the limits by
/// the hour on what costs other people something. Of this node. Thread-safe.
/// </summary>
public sealed class Rates(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>A message counts once more for each of these, begun or whole: what it makes the server write to
    /// everybody grows with them.</summary>
    private const int BytesOfOne = 4 * 1024;

    /// <summary>JSON spells a control character with so many more bytes.</summary>
    private const int EscapeBytes = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TokenBuckets _messages = new("messages", limits.Value.SendRate, limits.Value.SendBurst, time);
    private readonly TokenBuckets _calls = new("calls", limits.Value.CallRate, limits.Value.CallBurst, time);
    private readonly TokenBuckets _marks = new("read markers", limits.Value.MarkRate, limits.Value.MarkBurst, time);
    private readonly TokenBuckets _changes = AMinute("changes of a room", limits.Value.RoomChangesPerMinute, time);

    private readonly TokenBuckets _connects = AMinute("new connections", limits.Value.ConnectsPerMinute, time);
    private readonly TokenBuckets _rooms = AnHour("rooms made or joined", limits.Value.RoomsPerHour, time);
    private readonly TokenBuckets _directs = AnHour("direct rooms", limits.Value.DirectsPerHour, time);
    private readonly TokenBuckets _invitations = AnHour("invitations", limits.Value.InvitationsPerHour, time);
    private readonly TokenBuckets _names = AnHour("names looked up", limits.Value.NamesPerHour, time);

    /// <summary>Stored events: messages, what is said about them, and changes of rooms and memberships.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, int events) => _messages.Take(userId, events);

    /// <summary>Messages with these bodies: a long one counts as several.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, IEnumerable<string?> bodies) => _messages.Take(userId, bodies.Sum(Weight));

    /// <summary>Any other call, whatever it does.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => _calls.Take(userId, 1);

    /// <summary>A room gets another name or topic. Counted for each owner, so that nobody uses up what another owner
    /// has.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Change(string roomId, string userId) => _changes.Take($"{roomId} {userId}", 1);

    /// <summary>
    /// A read marker is about to be written. Over the rate the call waits: a client has one such call under way and
    /// merges what it marks meanwhile, so that a wait costs it nothing where a refusal would leave its newest marker
    /// unsaid.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c> if too many wait already.</exception>
    public Task MarkAsync(string userId, CancellationToken cancellation)
    {
        var wait = _marks.Reserve(userId, 1, s_patience);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    private static int Weight(string? body)
    {
        if (body is null)
            return 1;
        var bytes = Encoding.UTF8.GetByteCount(body) + (body.Count(char.IsControl) * EscapeBytes);
        return 1 + (bytes / BytesOfOne);
    }
    /// <summary>A hub connection that begins.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Connect(string userId) => _connects.Take(userId, 1);

    /// <summary>A room that is made or joined.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Room(string userId) => _rooms.Take(userId, 1);

    /// <summary>A direct room that is opened for the first time.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Direct(string userId) => _directs.Take(userId, 1);

    /// <summary>Somebody who is invited.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Invitation(string userId) => _invitations.Take(userId, 1);

    /// <summary>
    /// A name that is looked up. To be taken before the answer tells whether somebody has it: otherwise a directory
    /// could be read by guessing.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Name(string userId) => _names.Take(userId, 1);

    private static TokenBuckets AnHour(string what, int most, TimeProvider time) => new(what, most, most, time, "hour");

    private static TokenBuckets AMinute(string what, int most, TimeProvider time) =>
        new(what, most, most, time, "minute");
}

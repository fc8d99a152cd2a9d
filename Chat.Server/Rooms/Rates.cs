using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// How fast one user may say things (<c>Chat:Limits:SendRate</c>), call anything else (<c>CallRate</c>), and do what costs other people something
/// (the limits by the hour). Of this node. Thread-safe.
/// </summary>
public sealed class Rates(IOptions<LimitOptions> limits, TimeProvider time)
{
    private readonly TokenBuckets _messages = new("messages", limits.Value.SendRate, limits.Value.SendBurst, time);
    private readonly TokenBuckets _calls = new("calls", limits.Value.CallRate, limits.Value.CallBurst, time);

    private readonly TokenBuckets _connects = AMinute("new connections", limits.Value.ConnectsPerMinute, time);
    private readonly TokenBuckets _rooms = AnHour("rooms made or joined", limits.Value.RoomsPerHour, time);
    private readonly TokenBuckets _directs = AnHour("direct rooms", limits.Value.DirectsPerHour, time);
    private readonly TokenBuckets _invitations = AnHour("invitations", limits.Value.InvitationsPerHour, time);
    private readonly TokenBuckets _names = AnHour("names looked up", limits.Value.NamesPerHour, time);

    /// <summary>Messages, and what is said about them.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, int messages) => _messages.Take(userId, messages);

    /// <summary>Any other call, whatever it does.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => _calls.Take(userId, 1);

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
    /// A name that is looked up. To be taken before the answer tells whether somebody has it: otherwise a directory could be read by guessing.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Name(string userId) => _names.Take(userId, 1);

    private static TokenBuckets AnHour(string what, int most, TimeProvider time) => new(what, most, most, time, "hour");

    private static TokenBuckets AMinute(string what, int most, TimeProvider time) => new(what, most, most, time, "minute");
}

using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>How fast one user may say things (<c>Chat:Limits:SendRate</c>) and call anything else (<c>CallRate</c>). Thread-safe.</summary>
public sealed class Rates(IOptions<LimitOptions> limits, TimeProvider time)
{
    private readonly TokenBuckets _messages = new("messages", limits.Value.SendRate, limits.Value.SendBurst, time);
    private readonly TokenBuckets _calls = new("calls", limits.Value.CallRate, limits.Value.CallBurst, time);

    /// <summary>Messages, and what is said about them.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Take(string userId, int messages) => _messages.Take(userId, messages);

    /// <summary>Any other call, whatever it does.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Call(string userId) => _calls.Take(userId, 1);
}

using Chat.Server.Hosting;

namespace Chat.Server.Lab;

/// <summary>
/// Limits the lab's TLS handshakes, each of which costs a signature and a key exchange on both sides. Thread-safe.
/// </summary>
internal sealed class SealRates(TimeProvider time)
{
    private readonly TokenBuckets _each = new("conversations to seal", LabOptions.SealsPerMinute,
        LabOptions.SealsPerMinute, time, "minute");
    private readonly TokenBuckets _all = new("conversations of all people to seal", LabOptions.SealsPerMinuteOfAll,
        LabOptions.SealsPerMinuteOfAll, time, "minute");

    /// <summary>Counts one.</summary>
    /// <exception cref="Chat.Contracts.ChatException"><c>rate_limited</c></exception>
    public void Take(string userId)
    {
        _each.Take(userId, 1);
        _all.Take("", 1);
    }
}

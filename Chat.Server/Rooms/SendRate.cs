using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>
/// How fast one user may send, over all their connections to this node: a token bucket that fills by <c>SendRate</c> a second up to
/// <c>SendBurst</c>. Thread-safe. A bucket that is full again is forgotten.
/// </summary>
public sealed class SendRate(IOptions<LimitOptions> limits, TimeProvider time)
{
    private const int TrimAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = [];
    private readonly double _rate = limits.Value.SendRate;
    private readonly double _burst = limits.Value.SendBurst;

    /// <summary>Takes all of them or none.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c> with the time until there will be enough.</exception>
    public void Take(string userId, int messages)
    {
        // More at once than a burst is taken as a burst, or it could never be sent.
        var needed = Math.Min(messages, _burst);
        var bucket = _buckets.GetOrAdd(userId, _ => new Bucket(_burst, time.GetTimestamp()));
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Tokens = Math.Min(_burst, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * _rate);
            bucket.At = now;
            if (bucket.Tokens < needed)
            {
                var wait = TimeSpan.FromSeconds((needed - bucket.Tokens) / _rate);
                throw new ChatException(ErrorCodes.RateLimited, $"at most {_rate:0} messages a second; try again in {Math.Ceiling(wait.TotalSeconds):0} s")
                {
                    RetryAfter = wait,
                };
            }
            bucket.Tokens -= needed;
        }
        if (_buckets.Count > TrimAbove)
            Trim();
    }

    private void Trim()
    {
        var now = time.GetTimestamp();
        foreach (var (userId, bucket) in _buckets)
        {
            if (time.GetElapsedTime(bucket.At, now).TotalSeconds * _rate >= _burst)
                _buckets.TryRemove(new KeyValuePair<string, Bucket>(userId, bucket));
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Server.Rooms;

/// <summary>
/// A token bucket for each user, over all their connections to this node: it fills by <paramref name="rate"/> a second up to
/// <paramref name="burst"/>. Thread-safe. A bucket that is full again is forgotten.
/// </summary>
/// <param name="what">What is counted, for people.</param>
/// <param name="rate">Tokens a second.</param>
/// <param name="burst">Most tokens.</param>
/// <param name="time">The clock.</param>
public sealed class TokenBuckets(string what, double rate, double burst, TimeProvider time)
{
    private const int TrimAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = [];
    private long _trimmedAt;

    /// <summary>Takes all of them or none.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c> with the time until there will be enough.</exception>
    public void Take(string userId, int tokens)
    {
        // More at once than a burst is taken as a burst, or it could never be had.
        var needed = Math.Min(tokens, burst);
        var bucket = _buckets.GetOrAdd(userId, _ => new Bucket(burst, time.GetTimestamp()));
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Tokens = Math.Min(burst, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * rate);
            bucket.At = now;
            if (bucket.Tokens < needed)
            {
                var wait = TimeSpan.FromSeconds((needed - bucket.Tokens) / rate);
                throw new ChatException(ErrorCodes.RateLimited, $"at most {rate:0} {what} a second; try again in {Math.Ceiling(wait.TotalSeconds):0} s")
                {
                    RetryAfter = wait,
                };
            }
            bucket.Tokens -= needed;
        }
        if (_buckets.Count > TrimAbove && time.GetElapsedTime(Volatile.Read(ref _trimmedAt)).TotalSeconds >= 1)
            Trim();
    }

    private void Trim()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _trimmedAt, now);
        foreach (var (userId, bucket) in _buckets)
        {
            if (time.GetElapsedTime(bucket.At, now).TotalSeconds * rate >= burst)
                _buckets.TryRemove(new KeyValuePair<string, Bucket>(userId, bucket));
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

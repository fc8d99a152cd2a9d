using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>
/// A token bucket for each user, over all their connections to this node: it fills by <paramref name="rate"/> a second (or another
/// <paramref name="unit"/>) up to <paramref name="burst"/>. Thread-safe. A bucket that is full again is forgotten.
/// </summary>
/// <param name="what">What is counted, for people.</param>
/// <param name="rate">Tokens a unit.</param>
/// <param name="burst">Most tokens.</param>
/// <param name="time">The clock.</param>
/// <param name="unit">A second, a minute or an hour; as a word, for people.</param>
public sealed class TokenBuckets(string what, double rate, double burst, TimeProvider time, string unit = "second")
{
    private const int TrimAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = [];
    private long _trimmedAt;

    private double PerSecond => rate / (unit switch { "hour" => 3600, "minute" => 60, _ => 1 });

    /// <summary>Takes all of them or none.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c> with the time until there will be enough.</exception>
    public void Take(string userId, int tokens)
    {
        if (TryTake(userId, tokens) is { } wait)
        {
            throw new ChatException(ErrorCodes.RateLimited, $"at most {rate:0} {what} a {unit}; try again in {Math.Ceiling(wait.TotalSeconds):0} s")
            {
                RetryAfter = wait,
            };
        }
    }

    /// <summary>Takes all of them or none; null if they were there, otherwise the time until there will be enough.</summary>
    public TimeSpan? TryTake(string userId, int tokens)
    {
        // More at once than a burst is taken as a burst, or it could never be had.
        var needed = Math.Min(tokens, burst);
        var bucket = _buckets.GetOrAdd(userId, _ => new Bucket(burst, time.GetTimestamp()));
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Tokens = Math.Min(burst, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * PerSecond);
            bucket.At = now;
            if (bucket.Tokens < needed)
                return TimeSpan.FromSeconds((needed - bucket.Tokens) / PerSecond);
            bucket.Tokens -= needed;
        }
        if (_buckets.Count > TrimAbove && time.GetElapsedTime(Volatile.Read(ref _trimmedAt)).TotalSeconds >= 1)
            Trim();
        return null;
    }

    private void Trim()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _trimmedAt, now);
        foreach (var (userId, bucket) in _buckets)
        {
            if (time.GetElapsedTime(bucket.At, now).TotalSeconds * PerSecond >= burst)
                _buckets.TryRemove(new KeyValuePair<string, Bucket>(userId, bucket));
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

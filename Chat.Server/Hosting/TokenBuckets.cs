using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>
/// A token bucket for each user or room, over all connections to this node: it fills by <paramref name="rate"/> a
/// second (or another <paramref name="unit"/>) up to <paramref name="burst"/>. The type forgets a bucket that is full
/// again. Thread-safe.
/// </summary>
/// <param name="what">A name for the counted things, for people.</param>
/// <param name="rate">New tokens in each unit of time.</param>
/// <param name="burst">The most tokens in a bucket.</param>
/// <param name="time">The clock.</param>
/// <param name="unit">A second, a minute or an hour; as a word, for people.</param>
public sealed class TokenBuckets(string what, double rate, double burst, TimeProvider time, string unit = "second")
{
    private const int TrimAbove = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = [];
    private long _trimmedAt;

    private double PerSecond => rate / (unit switch { "hour" => 3600, "minute" => 60, _ => 1 });

    /// <summary>Takes all the tokens or none.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c> with the time until there will be enough.</exception>
    public void Take(string key, int tokens) => Reserve(key, tokens, TimeSpan.Zero);

    /// <summary>
    /// Takes all the tokens or none, if need be tokens that come within <paramref name="most"/>, and waits for them.
    /// No tokens at all are there as soon as the level is not below zero.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c> with the time until there will be enough.</exception>
    public Task WaitAsync(string key, int tokens, TimeSpan most, CancellationToken cancellation)
    {
        var wait = Reserve(key, tokens, most);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    /// <summary>
    /// Takes all the tokens or none. Returns null if there were enough, otherwise the refusal that <see cref="Take"/>
    /// would throw.
    /// </summary>
    public ChatException? TakeOrRefuse(string key, int tokens) =>
        TryTake(key, tokens) is { } wait ? NewRefusal(wait) : null;

    /// <summary>
    /// Takes nothing. Returns null if there are so many tokens, otherwise the refusal that <see cref="Take"/> would
    /// throw.
    /// </summary>
    public ChatException? RefuseIfShort(string key, int tokens) =>
        Try(key, tokens, TimeSpan.Zero, takes: false) is (var wait, false) ? NewRefusal(wait) : null;

    private TimeSpan Reserve(string key, int tokens, TimeSpan most)
    {
        var (wait, taken) = Try(key, tokens, most);
        return taken ? wait : throw NewRefusal(wait);
    }

    private ChatException NewRefusal(TimeSpan wait) => new(
        ErrorCodes.RateLimited,
        $"at most {rate:0} {what} a {unit}; try again in {Math.Ceiling(wait.TotalSeconds):0} s") { RetryAfter = wait };

    /// <summary>
    /// Takes all the tokens or none. Returns null if there were enough, otherwise the time until there will be.
    /// </summary>
    public TimeSpan? TryTake(string key, int tokens) =>
        Try(key, tokens, TimeSpan.Zero) is (var wait, false) ? wait : null;

    /// <summary>
    /// Takes tokens for work that turned out to be larger; the level falls below zero, at most by a burst.
    /// </summary>
    public void Charge(string key, int tokens)
    {
        if (tokens <= 0)
            return;
        var bucket = Bucketed(key);
        lock (bucket)
        {
            Fill(bucket);
            bucket.Tokens = Math.Max(-burst, bucket.Tokens - tokens);
        }
    }

    private (TimeSpan Wait, bool Taken) Try(string key, int tokens, TimeSpan most, bool takes = true)
    {
        // A request for more than a burst counts as a burst; otherwise it would wait without end.
        var needed = Math.Min(tokens, burst);
        var bucket = Bucketed(key);
        var wait = TimeSpan.Zero;
        lock (bucket)
        {
            Fill(bucket);
            if (bucket.Tokens < needed)
                wait = TimeSpan.FromSeconds((needed - bucket.Tokens) / PerSecond);
            if (wait > most)
                return (wait, false);
            if (takes)
                bucket.Tokens -= needed;
        }
        if (_buckets.Count > TrimAbove && time.GetElapsedTime(Volatile.Read(ref _trimmedAt)).TotalSeconds >= 1)
            Trim();
        return (wait, true);
    }

    private Bucket Bucketed(string key) => _buckets.GetOrAdd(key, _ => new Bucket(burst, time.GetTimestamp()));

    private void Fill(Bucket bucket)
    {
        var now = time.GetTimestamp();
        bucket.Tokens = Math.Min(burst, bucket.Tokens + time.GetElapsedTime(bucket.At, now).TotalSeconds * PerSecond);
        bucket.At = now;
    }

    private void Trim()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _trimmedAt, now);
        foreach (var (key, bucket) in _buckets)
        {
            // Twice the burst: the level may be that far below full.
            if (time.GetElapsedTime(bucket.At, now).TotalSeconds * PerSecond >= burst * 2)
                _buckets.TryRemove(new KeyValuePair<string, Bucket>(key, bucket));
        }
    }

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;

        public long At { get; set; } = at;
    }
}

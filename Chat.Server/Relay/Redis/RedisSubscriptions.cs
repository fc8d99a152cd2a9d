using System.Threading.Channels;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// Which channels are listened to: those that are wanted, as soon as Redis allows, and for a while those that no longer are, since people come back.
/// Wanting waits for nothing; one loop does what is due. Thread-safe.
/// </summary>
internal sealed class RedisSubscriptions(RedisConnection redis, Action<RedisChannel, RedisValue> hear, TimeProvider time)
{
    private const int AtOnce = 256;
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<RedisChannel, State> _channels = [];
    // Full: one look is due already.
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>These are listened to from now on: what was said on them before was not heard.</summary>
    public event Action<IReadOnlyList<RedisChannel>>? Confirmed;

    public void Follow(RedisChannel channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var state))
                _channels[channel] = state = new State { Since = time.GetTimestamp() };
            state.UnwantedSince = 0;
            if (state.Queue is not null)
                return;
        }
        Look();
    }

    public void Unfollow(RedisChannel channel)
    {
        lock (_gate)
        {
            if (_channels.TryGetValue(channel, out var state))
                state.UnwantedSince = Math.Max(1, time.GetTimestamp());
        }
    }

    /// <summary>There may be something to do: what failed is tried again, what nobody came back to is left.</summary>
    public void Look() => _due.Writer.TryWrite(true);

    /// <summary>
    /// Whether everything that is wanted is listened to, but for what was wanted this very moment. What Redis has dropped meanwhile, though the
    /// connection is up, is taken up again.
    /// </summary>
    public bool Verify()
    {
        if (redis.Subscriber is not { } subscriber)
            return false;
        var complete = true;
        lock (_gate)
        {
            foreach (var (channel, state) in _channels)
            {
                if (state.Queue is not null && subscriber.SubscribedEndpoint(channel) is null)
                    state.Broken = true;
                complete &= state is { Queue: not null, Broken: false } || state.UnwantedSince != 0 || (state.Queue is null && time.GetElapsedTime(state.Since) < s_soon);
            }
        }
        if (!complete)
            Look();
        return complete;
    }

    /// <summary>Subscribes and unsubscribes until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var _ in _due.Reader.ReadAllAsync(stopping))
        {
            if (redis.Subscriber is not { } subscriber || !redis.IsConnected)
                continue;
            foreach (var some in Due().Chunk(AtOnce))
            {
                var changed = await Task.WhenAll(some.Select(d => ChangeAsync(subscriber, d.Key, d.Value)));
                var confirmed = some.Zip(changed).Where(c => c.Second).Select(c => c.First.Key).ToList();
                if (confirmed.Count > 0)
                    Confirmed?.Invoke(confirmed);
            }
        }
    }

    private List<KeyValuePair<RedisChannel, State>> Due()
    {
        lock (_gate)
            return [.. _channels.Where(c => IsDue(c.Value))];
    }

    private bool IsDue(State state) => state.UnwantedSince == 0 ? state.Queue is null || state.Broken : HasLingered(state);

    private bool HasLingered(State state) => state.UnwantedSince != 0 && time.GetElapsedTime(state.UnwantedSince) >= s_linger;

    /// <summary>True if it is listened to from now on.</summary>
    private async Task<bool> ChangeAsync(ISubscriber subscriber, RedisChannel channel, State state)
    {
        ChannelMessageQueue? left = null;
        lock (_gate)
        {
            if (HasLingered(state))
                _channels.Remove(channel);
            if (HasLingered(state) || state.Broken)
                (left, state.Queue, state.Broken) = (state.Queue, null, false);
        }
        try
        {
            if (left is not null)
                await left.UnsubscribeAsync();
            if (!IsCurrent(channel, state))
                return false;
            var queue = await subscriber.SubscribeAsync(channel);
            queue.OnMessage(message => hear(channel, message.Message));
            lock (_gate)
                state.Queue = queue;
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // Otherwise a queue that nobody reads would fill once the connection is back.
            _ = subscriber.UnsubscribeAsync(channel, flags: CommandFlags.FireAndForget);
            return false;
        }
    }

    /// <summary>It may have been dropped, and followed anew, meanwhile.</summary>
    private bool IsCurrent(RedisChannel channel, State state)
    {
        lock (_gate)
            return _channels.GetValueOrDefault(channel) == state;
    }

    private sealed class State
    {
        /// <summary>Null while it is not listened to. Changed by the loop only, under the lock.</summary>
        public ChannelMessageQueue? Queue { get; set; }

        /// <summary>When it was first wanted.</summary>
        public required long Since { get; init; }

        /// <summary>Redis has dropped it.</summary>
        public bool Broken { get; set; }

        /// <summary>0 while it is wanted.</summary>
        public long UnwantedSince { get; set; }
    }
}

using Chat.Contracts;
using Chat.Server.Hosting;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// The nodes tell each other over Redis, by publish and subscribe; nothing is stored there. As long as word of everything comes, hints are all it takes.
/// While it does not — Redis is down, paused or deaf, or a node is silent that may commit — it says every second that something may have been missed,
/// and so the log is asked.
/// </summary>
internal sealed class RedisBackplane : BackgroundService, IBackplane
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(800);

    private readonly string _self;
    private readonly RedisConnection _redis;
    private readonly RedisPublisher _publisher;
    private readonly RedisSubscriptions _subscriptions;
    private readonly RedisWatch _watch;
    private readonly PresenceNumbers _presence = new();
    private readonly HintReader _reader;
    private readonly BackgroundLoops _loops;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IReadOnlyList<int> _echoes = [];
    private long _presenceNumber;
    private long _wholeAt;

    public RedisBackplane(
        NodeId self, RedisConnection redis, RegisteredNodes registered, HintSeal seal, BackgroundLoops loops,
        TimeProvider time,
        ILogger<RedisBackplane> logger)
    {
        (_self, _redis, _loops, _time, _logger) = (self.Value, redis, loops, time, logger);
        _reader = new HintReader(_self, registered, seal, time, logger);
        _publisher = new RedisPublisher(_self, redis, seal);
        _subscriptions = new RedisSubscriptions(redis, Hear, time);
        _watch = new RedisWatch(_self, registered, time);
        redis.Disturbed += _watch.Disturbed;
        _subscriptions.Confirmed += channels =>
        {
            var rooms = channels.Select(RedisNames.RoomOf).OfType<string>().ToList();
            if (rooms.Count > 0)
                MayHaveMissed?.Invoke(rooms);
        };
        _watch.Expect([0]);
        _subscriptions.Follow(RedisNames.Nodes);
    }

    public event Action<IReadOnlyList<ChatEvent>>? EventsHeard;

    public event Action<RelaySignal>? SignalHeard;

    public event Action<string>? SignInEndHeard;

    public event Action<IReadOnlyList<string>>? ConsentHeard;

    public event Action<NodePresence>? PresenceHeard;

    public event Action? PresenceWanted;

    public event Action<string>? NodeGone;

    public event Action<IReadOnlyCollection<string>?>? MayHaveMissed;

    /// <summary>How things stand, for health.</summary>
    public RedisState State => _watch.State;

    /// <summary>The number of messages that this node did not believe since the start.</summary>
    public long Refused => _reader.Refused;

    /// <summary>Whether this node did not believe a message lately, for health.</summary>
    public bool IsLiedTo => _reader.IsLiedTo;

    public void Follow(string roomId) => _subscriptions.Follow(RedisNames.Room(roomId));

    public void Unfollow(string roomId) => _subscriptions.Unfollow(RedisNames.Room(roomId));

    public void Publish(IReadOnlyList<ChatEvent> events) => _publisher.Add(events);

    public void Publish(RelaySignal signal) => _publisher.Add(signal);

    public void PublishSignInEnd(string signInId) => _publisher.AddSignInEnd(signInId);

    public void PublishConsent(IReadOnlyList<string> userIds) => _publisher.AddConsent(userIds);

    public void Publish(IReadOnlyList<UserPresence> users, PresencePart part) =>
        _publisher.Add(new PresenceWord(Interlocked.Increment(ref _presenceNumber), users, part));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _publisher.TryPublishAsync(RedisNames.Nodes, Beat(leaves: true)).WaitAsync(TimeSpan.FromSeconds(1), _time, cancellationToken)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        _loops.RunAsync("Redis watch", WatchAsync, stoppingToken),
        _loops.RunAsync("Redis publisher", _publisher.RunAsync, stoppingToken),
        _loops.RunAsync("Redis subscriptions", _subscriptions.RunAsync, stoppingToken));

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_look, _time);
        var (beat, second, raised) = (0L, 0L, 0L);
        var connecting = Task.CompletedTask;
        _watch.Start();
        (bool Deaf, bool Trusts) last = (false, false);
        do
        {
            try
            {
                var now = _time.GetTimestamp();
                if (IsDue(ref beat, RedisWatch.BeatInterval, now))
                    SayThere();
                var complete = _watch.State.Complete;
                if (IsDue(ref second, TimeSpan.FromSeconds(1), now))
                {
                    if (connecting.IsCompleted && _redis.Subscriber is null)
                        connecting = _redis.TryConnectAsync();
                    complete = _subscriptions.Verify();
                    _subscriptions.Look();
                    ChooseEchoes();
                }
                // A message that was not believed may have replaced a true one.
                if (_reader.TakeDoubt())
                    MayHaveMissed?.Invoke(null);
                var news = _watch.Look(complete);
                Tell(news, last.Deaf);
                // Without trust every second; and once more when it has come back, for what fell in between.
                if (news.Silent.Count > 0 || news.Left.Count > 0 || news.Trusts != last.Trusts || (!news.Trusts && IsDue(ref raised, s_poll, now)))
                {
                    raised = now;
                    MayHaveMissed?.Invoke(null);
                }
                last = (news.Deaf, news.Trusts);
            }
            catch (Exception e)
            {
                _logger.WatchFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private bool IsDue(ref long at, TimeSpan interval, long now)
    {
        if (at != 0 && _time.GetElapsedTime(at, now) < interval)
            return false;
        at = now;
        return true;
    }

    private void SayThere()
    {
        _ = _publisher.TryPublishAsync(RedisNames.Nodes, Beat());
        foreach (var number in _echoes)
            _ = _publisher.TryPublishAsync(RedisNames.Echo(_self, number), new RedisWord { From = _self });
    }

    private RedisWord Beat(bool leaves = false) => new()
    {
        From = _self,
        Beat = new Heartbeat(_publisher.Lost, Volatile.Read(ref _presenceNumber), leaves),
    };

    /// <summary>A Redis Cluster may be deaf in one shard only; which channel is on which shard changes as shards come and go.</summary>
    private void ChooseEchoes()
    {
        var echoes = _redis.EchoNumbers(_self);
        if (echoes.SequenceEqual(_echoes))
            return;
        foreach (var old in _echoes.Except(echoes))
            _subscriptions.Unfollow(RedisNames.Echo(_self, old));
        foreach (var number in echoes)
            _subscriptions.Follow(RedisNames.Echo(_self, number));
        _echoes = echoes;
        _watch.Expect([0, .. echoes.Select(n => n + 1)]);
    }

    private void Tell(RedisNews news, bool wasDeaf)
    {
        if (news.Deaf && !wasDeaf)
            _logger.Deaf(_redis.IsConnected ? "reached but brings nothing" : "not reached");
        else if (!news.Deaf && wasDeaf)
            _logger.Heard();
        foreach (var node in news.Silent)
            _logger.NodeSilent(node);
        foreach (var node in news.Left)
            _logger.NodeLeft(node);
        foreach (var node in news.Gone)
        {
            _presence.Forget(node);
            NodeGone?.Invoke(node);
        }
    }

    private void Hear(RedisChannel channel, RedisValue message)
    {
        try
        {
            var bytes = (ReadOnlyMemory<byte>)message;
            if (bytes.Span.SequenceEqual(RedisConnection.Probe))
                return;
            var (word, isSigned) = _reader.Read(channel, bytes);
            if (word is null)
                return;
            if (word.From != _self)
                HearOther(word, isSigned);
            else if (channel == RedisNames.Nodes)
                _watch.HeardEcho(0);
            else if (RedisNames.EchoOf(channel) is { } number)
                _watch.HeardEcho(number + 1);
        }
        catch (Exception e)
        {
            _logger.HearingFailed(e);
        }
    }

    /// <param name="word">The message of another node.</param>
    /// <param name="isSigned">Whether the message is signed. If not, it is only a sign that something may have
    /// happened, and this node asks the database.</param>
    private void HearOther(RedisWord word, bool isSigned)
    {
        if (_watch.Heard(word.From, word.Beat, out var hasLost))
            _logger.NodeHeard(word.From);
        if (hasLost)
            MayHaveMissed?.Invoke(null);
        if (word.Beat is { Leaves: false } beat && _presence.IsBehind(word.From, beat.Presence))
            _publisher.Ask(word.From);
        if (isSigned)
            HearFacts(word);
        else if (word.Ended is not null || word.Events?.Any(e => e.Type == EventTypes.Join) is true)
            MayHaveMissed?.Invoke(null);
        else if (word.Events is { Count: > 0 } events)
            MayHaveMissed?.Invoke([.. events.Select(e => e.RoomId).Distinct()]);
        foreach (var typing in word.Typing ?? [])
            SignalHeard?.Invoke(typing);
        foreach (var marker in word.Read ?? [])
            SignalHeard?.Invoke(marker);
        // This node reads the change from the database, so it may believe the message without a code.
        if (word.Consent is { Count: > 0 } consent)
            ConsentHeard?.Invoke(consent);
        foreach (var presence in word.Presence ?? [])
        {
            if (_presence.Take(word.From, presence))
                PresenceHeard?.Invoke(new NodePresence(word.From, presence.Users, presence.Part));
        }
        if (word.Ask?.Contains(_self) is true)
            AnswerPresence();
    }

    private void HearFacts(RedisWord word)
    {
        if (word.Events is { Count: > 0 })
            EventsHeard?.Invoke(word.Events);
        foreach (var signInId in word.Ended ?? [])
            SignInEndHeard?.Invoke(signInId);
    }

    /// <summary>Who asks at the same time shares the answer, since everybody hears it.</summary>
    private void AnswerPresence()
    {
        var now = _time.GetTimestamp();
        if (_wholeAt != 0 && _time.GetElapsedTime(_wholeAt, now) < TimeSpan.FromSeconds(1))
            return;
        _wholeAt = now;
        PresenceWanted?.Invoke();
    }
}

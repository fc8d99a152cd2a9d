using System.Diagnostics;
using System.Net.Sockets;
using Chat.Server.Hosting;
using StackExchange.Redis;

namespace Chat.Server.Relay.Redis;

/// <summary>
/// The connection that <c>ConnectionStrings:Redis</c> describes: to one Redis, to whichever one Sentinel names, or to a Redis Cluster. What nobody
/// can want is refused at start; a Redis that is not reached may come later. Thread-safe.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    /// <summary>The configuration key.</summary>
    public const string Key = "ConnectionStrings:Redis";

    /// <summary>
    /// The message that a node publishes at the start, to see whether it is allowed to publish. It has no meaning.
    /// </summary>
    public static ReadOnlySpan<byte> Probe => "{}"u8;

    private const int Looks = 4;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_lookedLongEnough = TimeSpan.FromSeconds(5);

    private readonly ConfigurationOptions _options;
    private volatile ConnectionMultiplexer? _redis;

    /// <exception cref="StartException">It is no configuration string of StackExchange.Redis.</exception>
    public RedisConnection(string text)
    {
        try
        {
            _options = ConfigurationOptions.Parse(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw Unusable(); // without the reason: after a comma in a password it names a part of it
        }
        if (_options.EndPoints.Count == 0)
            throw Unusable();
        _options.AbortOnConnectFail = false;
        _options.BacklogPolicy = BacklogPolicy.FailFast; // what cannot be said now need not be said: others look into the log
        _options.ReconnectRetryPolicy = new LinearRetry(500);
        _options.IncludeDetailInExceptions = false;
        _options.TieBreaker = "";
        _options.ConfigurationChannel = "";
        _options.ClientName ??= "chat";
        if (_options.KeepAlive is -1 or 60)
            _options.KeepAlive = 5; // a connection on which nothing comes any more is given up in seconds instead of minutes
    }

    /// <summary>A connection broke, or the shards moved: what was said meanwhile may not have come.</summary>
    public event Action? Disturbed;

    /// <summary>Null until it was reached once.</summary>
    public ISubscriber? Subscriber => _redis?.GetSubscriber();

    /// <summary>Whether anything can be said now.</summary>
    public bool IsConnected => _redis is { IsConnected: true };

    /// <summary>At start: connects, or leaves it to <see cref="TryConnectAsync"/> if nobody answers.</summary>
    /// <exception cref="StartException">It answers, but not as a Redis that can be used.</exception>
    public async Task StartAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (await TryConnectAsync() && !await FindsOutAsync() && Stopwatch.GetElapsedTime(since) < s_lookedLongEnough)
        {
            // A multiplexer tells only of its first failure, and of one that is refused that may be the end of the connection, without the reason.
            await DisposeAsync();
            _redis = null;
        }
    }

    /// <summary>Connects if that has never worked; from then on it reconnects by itself. False if it has to be tried again.</summary>
    public async Task<bool> TryConnectAsync()
    {
        if (_redis is not null)
            return true;
        try
        {
            var redis = await ConnectionMultiplexer.ConnectAsync(_options);
            redis.ConnectionFailed += (_, _) => Disturbed?.Invoke();
            redis.ConnectionRestored += (_, _) => Disturbed?.Invoke();
            redis.ConfigurationChanged += (_, _) => Disturbed?.Invoke();
            redis.HashSlotMoved += (_, _) => Disturbed?.Invoke();
            _redis = redis;
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return false; // only Sentinel: none answers, or it knows no master now
        }
    }

    /// <summary>The first numbers of echo channels that together reach every shard; one alone where there are no shards.</summary>
    public IReadOnlyList<int> EchoNumbers(string nodeId)
    {
        if (_redis is not { } redis || !redis.GetServers().Any(s => s.ServerType == ServerType.Cluster))
            return [];
        var prefix = _options.ChannelPrefix.ToString();
        return [.. Enumerable.Range(0, 256).DistinctBy(n => redis.GetServer((RedisKey)(prefix + RedisNames.Echo(nodeId, n))).EndPoint)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is { } redis)
            await redis.DisposeAsync();
    }

    /// <summary>A few looks: directly after the start even a multiplexer to a sound Redis may not be able to subscribe, and a moment later it is.</summary>
    private async Task<bool> FindsOutAsync()
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await AnswersAsync())
                return true;
            await Task.Delay(s_betweenLooks);
        }
        return false;
    }

    /// <summary>Whether it has been found out what there is to find out. False: it comes and goes, or loads; if that goes on, the watch sees what becomes of it.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            foreach (var server in _redis!.GetServers().Where(s => s is { IsConnected: true, Version.Major: < 7 and > 0 }))
                throw new StartException($"{Key}: {server.EndPoint} is Redis {server.Version}; it must be Redis 7 or newer, or Valkey.");
            await Subscriber!.PublishAsync(RedisNames.Nodes, Probe.ToArray());
            await Subscriber!.SubscribeAsync(RedisNames.Nodes, static (_, _) => { });
            await Subscriber!.UnsubscribeAsync(RedisNames.Nodes);
            return true;
        }
        catch (RedisException e)
        {
            return Refusal(e) is { } refusal ? throw new StartException($"{Key}: {refusal}") : IsNobodyThere(e);
        }
        catch (TimeoutException)
        {
            return true; // it stands still: a second look would only take as long
        }
    }

    private static bool IsNobodyThere(RedisException error) => error.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable,
    };

    /// <summary>Why it will not work later either; null if it may.</summary>
    private string? Refusal(RedisException error)
    {
        var failure = (error.InnerException as RedisConnectionException ?? error as RedisConnectionException)?.FailureType;
        if (failure is ConnectionFailureType.AuthenticationFailure || Says("NOAUTH") || Says("WRONGPASS"))
        {
            return _options.Password is null
                ? "Redis asks for a password (password=… in the connection string)."
                : "Redis does not accept the user or the password.";
        }
        if (failure is ConnectionFailureType.InternalFailure or ConnectionFailureType.ProtocolFailure)
            return $"what answers at {string.Join(", ", _options.EndPoints)} is not Redis.";
        if (Says("unknown command"))
            return "the server knows no sharded channels; it must be Redis 7 or newer, or Valkey.";
        return Says("NOPERM") ? "the user may not use channels; it needs +@pubsub and &chat:*." : null;

        bool Says(string text) => error is RedisServerException && error.Message.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private static StartException Unusable() =>
        new($"{Key} is not a usable connection string; it looks like redis:6379,password=… and a comma separates its options.");
}

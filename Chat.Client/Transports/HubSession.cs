using System.Diagnostics.CodeAnalysis;
using Chat.Client.Syncing;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Transports;

/// <summary>Why a session is over.</summary>
internal sealed record SessionEnd(Loss Loss, string Reason);

/// <summary>
/// One connection over one transport, from its start to its end; never restarted. Every call is bounded in time, and one that is
/// not answered ends the session: a connection that swallows calls is worth less than none. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The monitor's source is cancelled at the end and holds no handle.")]
internal sealed class HubSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly HubConnection _hub;
    private readonly ChatOptions _options;
    private readonly SessionSync? _sync;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<SessionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private int _disposed;
    private volatile bool _negotiated;

    /// <param name="options">Where to and how patiently.</param>
    /// <param name="kind">The only transport to use.</param>
    /// <param name="token">Gives the access token.</param>
    /// <param name="feed">Hears the pushes; null for a probe, which only wants to know whether there is an answer.</param>
    public HubSession(ChatOptions options, TransportKind kind, Func<CancellationToken, ValueTask<string?>> token, RoomFeed? feed)
    {
        _options = options;
        _log = options.LoggerFactory.CreateLogger<HubSession>();
        Transport = kind;
        _hub = Build(token);
        _hub.Closed += e =>
        {
            End(Loss.Closed, e is null ? "The server closed the connection." : $"Connection lost: {Refusal.Reason(e)}");
            return Task.CompletedTask;
        };
        if (feed is not null)
            _sync = new SessionSync(this, feed, options, _log).Listen(_hub);
    }

    /// <summary>The transport in use.</summary>
    public TransportKind Transport { get; }

    /// <summary>Whether the server answered the negotiation.</summary>
    public bool Negotiated => _negotiated;

    /// <summary>How long the last call took; null before the first.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>Told after each measured call.</summary>
    public event Action? Measured;

    /// <summary>Completes, never faults, when the session is over.</summary>
    public Task<SessionEnd> Ended => _ended.Task;

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Opens the transport; throws what the SignalR client throws.</summary>
    public Task StartAsync(CancellationToken ct) => WithinAsync(OpenAsync(ct), ct);

    /// <summary>The first Sync: returns when its answer is applied, and from then on the session repairs itself.</summary>
    public async Task SyncAsync(CancellationToken ct)
    {
        if (_sync is null)
        {
            await InvokeAsync<SyncAnswer>(nameof(IChatHub.Sync), [new SyncRequest()], ct);
            return;
        }

        await _sync.StartAsync(ct);
    }

    /// <summary>
    /// Calls the hub. Throws <see cref="ChatException"/> for a refusal, <see cref="SessionLostException"/> if the
    /// session ended before an answer came (the call may or may not have been carried out), and
    /// <see cref="OperationCanceledException"/> if the caller has stopped it.
    /// </summary>
    public async Task<T> InvokeAsync<T>(string method, object?[] arguments, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(_options.CallTimeout, _options.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token, Over);
        try
        {
            return await MeasureAsync(() => WithinAsync(_hub.InvokeCoreAsync<T>(method, arguments, any.Token), any.Token));
        }
        catch (HubException e)
        {
            throw Refusal.Of(e);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Ended here and now, so that whoever tries again waits for the next session and not for this one to notice.
            if (late.IsCancellationRequested)
                End(Loss.Silent, $"{method} was not answered for {_options.CallTimeout.TotalSeconds:0.#} s.");
            else
                End(Loss.Closed, $"Connection lost: {Refusal.Reason(e)}");
            throw new SessionLostException(e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException("Stopped.", e, ct);
        }
    }

    /// <summary>Says something that needs no answer; lost if the session is.</summary>
    public async Task TellAsync(string method, object?[] arguments, CancellationToken ct)
    {
        try
        {
            using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, Over);
            await WithinAsync(TellAsync(any.Token), any.Token);

            async Task<bool> TellAsync(CancellationToken token)
            {
                await _hub.SendCoreAsync(method, arguments, token);
                return true;
            }
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // Lost with its session, as promised.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException("Stopped.", e, ct);
        }
    }

    /// <summary>Ends the session; the first reason counts.</summary>
    public void End(Loss loss, string reason)
    {
        if (_ended.TrySetResult(new SessionEnd(loss, reason)))
            // On another thread: registrations run inside Cancel, and End is called from within the receive loop.
            _ = Task.Run(_over.Cancel);
    }

    /// <summary>Closes the connection. Takes at most about a second, even if the other side is dead.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        End(Loss.Deliberate, "Closed.");
        var closing = CloseAsync();
        await Task.WhenAny(closing, Task.Delay(CloseTimeout));
    }

    private async Task CloseAsync()
    {
        try
        {
            await _hub.DisposeAsync();
        }
        catch (Exception e)
        {
            ClientLog.CloseFailed(_log, e);
        }
    }

    private async Task<bool> OpenAsync(CancellationToken ct)
    {
        await _hub.StartAsync(ct);
        return true;
    }

    // The SignalR client heeds a token at most of its waits, not at all: a write into a stalled connection is one that it does not.
    private static async Task<T> WithinAsync<T>(Task<T> call, CancellationToken ct)
    {
        try
        {
            return await call.WaitAsync(ct);
        }
        catch
        {
            // If it goes on by itself, nobody will look at how it ends.
            _ = call.ContinueWith(static t => t.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    private async Task<T> MeasureAsync<T>(Func<Task<T>> call)
    {
        var start = _options.TimeProvider.GetTimestamp();
        var answer = await call();
        RoundTrip = _options.TimeProvider.GetElapsedTime(start);
        Measured?.Invoke();
        return answer;
    }

    private HubConnection Build(Func<CancellationToken, ValueTask<string?>> token)
    {
        var address = new UriBuilder(_options.Server) { Query = "" };
        address.Path = address.Path.TrimEnd('/') + Wire.HubPath;
        var builder = new HubConnectionBuilder().WithUrl(address.Uri, http =>
        {
            http.Transports = Transport switch
            {
                TransportKind.WebSockets => HttpTransportType.WebSockets,
                TransportKind.ServerSentEvents => HttpTransportType.ServerSentEvents,
                _ => HttpTransportType.LongPolling,
            };
            http.AccessTokenProvider = async () => await token(Over);
            http.CloseTimeout = CloseTimeout;
            var check = _options.Trust.Check(_options.Server.Host);
            http.WebSocketConfiguration = socket => socket.RemoteCertificateValidationCallback = check;
            http.HttpMessageHandlerFactory = inner =>
            {
                if (inner is HttpClientHandler handler)
                {
                    handler.AllowAutoRedirect = false;
                    handler.ServerCertificateCustomValidationCallback = (request, certificate, chain, errors) => check(request, certificate, chain, errors);
                }
                var own = new OwnServerHandler(_options.HttpHandler?.Invoke(inner) ?? inner, _options.Server,
                    _options.MaxAnswerBytes);
                return new NegotiateWatch(own, () => _negotiated = true);
            };
        });
        builder.Services.AddSingleton<IHubProtocol>(new OrderedHubProtocol());
        builder.Services.AddSingleton(_options.LoggerFactory);
        BoundedConnections.AddTo(builder.Services, _options.Server, _options.MaxAnswerBytes);
        var hub = builder.Build();
        hub.ServerTimeout = _options.ServerTimeout;
        hub.HandshakeTimeout = _options.ServerTimeout;
        hub.KeepAliveInterval = TimeSpan.FromSeconds(5);
        return hub;
    }
}

/// <summary>The session ended before the answer came; whether the call was carried out is not known.</summary>
internal sealed class SessionLostException(Exception inner) : Exception("The connection was lost before the answer came.", inner);

using System.Net.WebSockets;
using Chat.Client.Transports;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>The hub over one transport, as the clients of this project use it.</summary>
internal sealed class HubTrial(Way way, HttpTransportType transport) : Trial(way)
{
    private HubConnection? _hub;

    public override string Key => transport switch
    {
        HttpTransportType.WebSockets => "hub_websocket",
        HttpTransportType.ServerSentEvents => "hub_sse",
        _ => "hub_long_polling",
    };

    public override string Name => transport switch
    {
        HttpTransportType.WebSockets => "hub, WebSocket",
        HttpTransportType.ServerSentEvents => "hub, SSE",
        _ => "hub, long polling",
    };

    public override Carrier Carrier => transport switch
    {
        HttpTransportType.WebSockets => Carrier.Socket,
        HttpTransportType.ServerSentEvents => Carrier.Stream,
        _ => Carrier.WaitingRequest,
    };

    public override bool IsHub => true;

    public override bool CanSend => true;

    public override async Task SendAsync(NewMessage message, CancellationToken ct)
    {
        while (true)
        {
            var result = (await _hub!.InvokeAsync<IReadOnlyList<SendResult>>(nameof(IChatHub.Send), Way.Room!.Id, new[] { message }, ct).WaitAsync(ct))[0];
            if (result.Error is not { } error)
                return;
            if (error.Code != ErrorCodes.RateLimited)
                throw new InvalidOperationException(error.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }

    protected override async Task StartAsync(long after, CancellationToken ct)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(Way.Server, Wire.HubPath[1..]), http =>
        {
            http.Transports = transport;
            http.AccessTokenProvider = () => Task.FromResult(Way.Token);
            http.CloseTimeout = TimeSpan.FromSeconds(1);
            http.HttpMessageHandlerFactory = _ => new HubWatch(Way, this);
            http.WebSocketFactory = (context, token) => ConnectAsync(context.Uri, token);
        });
        BoundedConnections.AddTo(builder.Services, Way.Server, BoundedAnswers.Most);
        _hub = builder.Build();
        // As the clients have it: they and the server say something every five seconds.
        (_hub.KeepAliveInterval, _hub.HandshakeTimeout, _hub.ServerTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        _hub.Closed += e =>
        {
            End(e is null ? "closed by the far end" : Innermost(e));
            return Task.CompletedTask;
        };
        _hub.On<ChatEvent>(nameof(IChatClient.Event), e => Hear(e.Body ?? ""));
        await _hub.StartAsync(ct);
        Accept();
        Hear();
        await _hub.InvokeAsync(nameof(IChatHub.Sync), new SyncRequest(new Dictionary<string, long> { [Way.Room!.Id] = after }), ct);
    }

    protected override async ValueTask CloseAsync()
    {
        if (_hub is null)
            return;
        var closing = _hub.DisposeAsync().AsTask();
        await Task.WhenAny(closing, Task.Delay(TimeSpan.FromSeconds(1)));
    }

    private async ValueTask<WebSocket> ConnectAsync(Uri uri, CancellationToken ct)
    {
        var socket = await SocketTrial.ConnectAsync(Way, uri, null, status => Status = status, ct);
        Accept();
        return socket;
    }

    /// <summary>Looks at the answers that the transport consists of, and takes streams compressed, as browsers do.</summary>
    private sealed class HubWatch(Way way, HubTrial trial)
        : DelegatingHandler(new OwnServerHandler(way.NewHandler(), way.Server, BoundedAnswers.Most))
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isStream = request.Method == HttpMethod.Get && trial.Carrier == Carrier.Stream;
            if (isStream)
                Compression.Accept(request);
            var answer = await base.SendAsync(request, cancellationToken);
            way.Notice(answer);
            var isNegotiation = request.RequestUri!.AbsolutePath.EndsWith("/negotiate", StringComparison.Ordinal);
            if (!isNegotiation && !answer.IsSuccessStatusCode)
                trial.Status = (int)answer.StatusCode;
            if (!isNegotiation && request.Method == HttpMethod.Get && answer.IsSuccessStatusCode)
                trial.Accept();
            if (isStream)
                trial.Encoding = await Compression.UndoAsync(answer, cancellationToken);
            return answer;
        }
    }
}

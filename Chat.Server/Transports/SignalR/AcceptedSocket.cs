using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Transports.SignalR;

/// <summary>Accepts a WebSocket as it would have been, and remembers it: SignalR keeps it to itself, and a <see cref="SocketOutput"/> writes to it.</summary>
internal sealed class AcceptedSocket(IHttpWebSocketFeature inner) : IHttpWebSocketFeature
{
    /// <summary>Null before it was accepted.</summary>
    public WebSocket? Socket { get; private set; }

    public bool IsWebSocketRequest => inner.IsWebSocketRequest;

    public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => Socket = await inner.AcceptAsync(context);

    /// <summary>For a request to the hub, before SignalR has it.</summary>
    public static void Remember(HttpContext http)
    {
        if (http.Features.Get<IHttpWebSocketFeature>() is { } feature)
            http.Features.Set<IHttpWebSocketFeature>(new AcceptedSocket(feature));
    }

    /// <summary>Lets a hub connection over a WebSocket write to it directly. Other transports stay as they are.</summary>
    public static async Task WriteDirectlyAsync(ConnectionContext connection, Func<Task> next, TimeSpan patience, TimeProvider time)
    {
        if (connection.Features.Get<IHttpTransportFeature>()?.TransportType == HttpTransportType.WebSockets
            && connection.GetHttpContext() is { } http && http.Features.Get<IHttpWebSocketFeature>() is AcceptedSocket accepted)
        {
            var (pipe, format) = (connection.Transport, connection.Features.Get<ITransferFormatFeature>()!);
            WebSocketMessageType Type() => format.ActiveFormat == TransferFormat.Binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
            connection.Transport = new Pipes(pipe.Input, new SocketOutput(accepted, http, Type, pipe.Output, patience, time));
        }
        await next();
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>The bare WebSocket, which brings one room's events and takes messages.</summary>
internal sealed class SocketTrial(Way way) : Trial(way)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> _waiting = new();
    private WebSocket? _socket;

    public override string Key => "websocket";

    public override string Name => "WebSocket";

    public override Carrier Carrier => Carrier.Socket;

    public override bool CanSend => true;

    /// <summary>Opens a WebSocket with the token, through the same handler as everything else.</summary>
    /// <param name="way">Whose.</param>
    /// <param name="uri">With <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>.</param>
    /// <param name="protocol">The subprotocol; null for none.</param>
    /// <param name="refused">Told the status in place of 101.</param>
    /// <param name="ct">Gives up.</param>
    public static async ValueTask<WebSocket> ConnectAsync(Way way, Uri uri, string? protocol, Action<int> refused, CancellationToken ct)
    {
        if (!ServerAnswers.IsOn(way.Server, uri))
            throw new ChatException(ServerAnswers.RedirectedCode,
                $"{way.Server.Authority} sends its clients on to {uri.Authority}");
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {way.Token}");
        if (protocol is not null)
            socket.Options.AddSubProtocol(protocol);
        var address = new UriBuilder(uri) { Scheme = uri.Scheme is "https" or "wss" ? "wss" : "ws" };
        try
        {
            await socket.ConnectAsync(address.Uri, new HttpMessageInvoker(way.NewHandler()), ct);
            return socket;
        }
        catch (WebSocketException)
        {
            if ((int)socket.HttpStatusCode is > 0 and not 101 and var status)
                refused(status);
            socket.Dispose();
            throw;
        }
    }

    public override async Task SendAsync(NewMessage message, CancellationToken ct)
    {
        while (true)
        {
            var answer = _waiting[message.ClientId!] = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            await _socket!.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, ChatJson.Options).AsMemory(), WebSocketMessageType.Text, true, ct);
            switch (await answer.Task.WaitAsync(ct))
            {
                case null:
                    return;
                case ErrorCodes.RateLimited:
                    await Task.Delay(TimeSpan.FromSeconds(1), ct);
                    break;
                case var code:
                    throw new InvalidOperationException(code);
            }
        }
    }

    protected override async Task StartAsync(long after, CancellationToken ct)
    {
        var uri = new Uri(Way.Server, string.Create(CultureInfo.InvariantCulture, $"api/rooms/{Way.Room!.Id}/events/socket?after={after}"));
        _socket = await ConnectAsync(Way, uri, "chat.v1", Refused, ct);
        Accept();
        _ = ReadAsync(_socket);
    }

    protected override ValueTask CloseAsync()
    {
        _socket?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Refused(int status) => (Status, IsMissing) = (status, status is 404);

    private async Task ReadAsync(WebSocket socket)
    {
        try
        {
            var (buffer, text) = (new byte[8192], new MemoryStream());
            while (await socket.ReceiveAsync(buffer.AsMemory(), Over.Token) is { MessageType: not WebSocketMessageType.Close } piece)
            {
                text.Write(buffer, 0, piece.Count);
                if (text.Length > BoundedAnswers.Most)
                    throw ServerAnswers.TooLarge(Way.Server, BoundedAnswers.Most);
                if (!piece.EndOfMessage)
                    continue;
                Take(System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
                text.SetLength(0);
            }
            End($"closed by the far end: {(int?)socket.CloseStatus} {socket.CloseStatusDescription}".TrimEnd());
        }
        catch (Exception e)
        {
            End(Innermost(e));
        }
    }

    private void Take(string text)
    {
        using var json = JsonDocument.Parse(text);
        if (json.RootElement.TryGetProperty("ack", out var ack))
            Answered(ack, null);
        else if (json.RootElement.TryGetProperty("error", out var error))
            Answered(error, error.GetProperty("code").GetString());
        else
            Hear(text);
    }

    private void Answered(JsonElement about, string? code)
    {
        Hear();
        if (about.TryGetProperty("clientId", out var id) && _waiting.TryRemove(id.GetString() ?? "", out var waiting))
            waiting.SetResult(code);
    }
}

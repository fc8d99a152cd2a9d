using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Client;
using Chat.Client.Transports;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Chat.Tests.Client;

/// <summary>
/// A client sends its secrets to its own server only, and accepts no larger answers than a chat server sends.
/// </summary>
[TimeLimit(120)]
public sealed class OwnServerTests
{
    private const int Most = 200_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(301, ServerAnswers.RedirectedCode)]
    [InlineData(302, ErrorCodes.Unavailable)]
    [InlineData(307, ErrorCodes.Unavailable)]
    [InlineData(308, ServerAnswers.RedirectedCode)]
    public async Task Name_and_password_do_not_follow_a_redirect(int status, string code)
    {
        await using var elsewhere = await RecordedAsync();
        await using var server = await FakeServer.StartAsync();
        server.Intercept = context =>
            RedirectAsync(context, status, new Uri(elsewhere.Server.Url, "/api/account/login"));
        using var accounts = new AccountClient(server.Url);

        var refusal = await Assert.ThrowsAsync<ChatException>(() => accounts.LoginAsync("jo", "a secret", Ct));

        Assert.Equal(code, refusal.Code);
        Assert.Contains(elsewhere.Server.Url.Authority, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task The_token_follows_neither_a_redirect_nor_a_negotiation_to_another_host(TransportKind kind)
    {
        await using var elsewhere = await RecordedAsync();
        var there = new UriBuilder(elsewhere.Server.Url) { Host = "localhost" }.Uri;
        await using var server = await FakeServer.StartAsync();

        server.Intercept = context => RedirectAsync(context, 308, new Uri(there, Wire.HubPath + "/negotiate"));
        Assert.Equal(ServerAnswers.RedirectedCode, (await RefusedAsync(server, kind)).Code);

        foreach (var url in (string[])[$"{there}hubs/chat", "http://evil.example/hubs/chat", "//localhost/hubs/chat",
            "http://127.0.0.1.evil.example/hubs/chat"])
        {
            server.Intercept = context => NegotiationAsync(context, url);
            Assert.Equal(ServerAnswers.RedirectedCode, (await RefusedAsync(server, kind)).Code);
        }
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/hubs/chat?node=x")]
    [InlineData("https://127.0.0.1/hubs/chat?node=x")]
    [InlineData("/hubs/chat?node=x")]
    public async Task Of_an_address_on_the_same_host_only_path_and_query_count(string url)
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("a");
        server.Intercept = async context =>
        {
            asked.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
            return !context.Request.Query.ContainsKey("node") && await NegotiationAsync(context, url);
        };

        await using var session = new HubSession(server.Options(), TransportKind.WebSockets,
            _ => ValueTask.FromResult<string?>("token"), null);
        await session.StartAsync(Ct);

        Assert.Contains(asked, request => request.StartsWith("/hubs/chat?", StringComparison.Ordinal)
            && request.Contains("node=x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_about_accounts_is_read_up_to_a_bound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var written = AnswerEndlesslyAsync(listener);
        using var accounts = new AccountClient(new Uri($"http://{listener.LocalEndpoint}"));

        var refusal = await Assert.ThrowsAsync<ChatException>(() => accounts.GuestAsync("jo", Ct));

        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
        Assert.Contains("at once", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(await written, 0, 64L * 1024 * 1024); // what the system's buffers took, and not 400 MB
    }

    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task A_message_of_the_hub_without_an_end_ends_the_connection(TransportKind kind)
    {
        var polls = 0;
        // Before the handshake has left, SignalR would only say that the server is gone.
        var handshake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await FakeServer.StartAsync();
        server.Intercept = async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method))
            {
                if (context.Request.Path.Value!.EndsWith("/negotiate", StringComparison.Ordinal))
                    return await NegotiationAsync(context, null);
                handshake.TrySetResult();
                return await AnsweredAsync(context);
            }
            if (context.WebSockets.IsWebSocketRequest)
                return await EndlessSocketAsync(context);
            if (kind == TransportKind.LongPolling && Interlocked.Increment(ref polls) == 1)
                return await AnsweredAsync(context); // the first poll only opens the transport
            return await EndlessAsync(context, kind == TransportKind.ServerSentEvents ? "text/event-stream"
                : "text/plain", handshake.Task);
        };
        var options = server.Options() with { MaxAnswerBytes = Most };
        await using var session = new HubSession(options, kind, _ => ValueTask.FromResult<string?>("token"), null);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => session.StartAsync(Ct));

        Assert.Contains("at once", Messages(failure), StringComparison.Ordinal);
    }

    private static string Messages(Exception? e) =>
        e is null ? ""
            : $"{e.Message} " + (e is AggregateException many
                ? string.Join(' ', many.InnerExceptions.Select(Messages)) : Messages(e.InnerException));

    private static async Task<ChatException> RefusedAsync(FakeServer server, TransportKind kind)
    {
        await using var session = new HubSession(server.Options(), kind,
            _ => ValueTask.FromResult<string?>("token"), null);
        return Refusal.OfStart(await Assert.ThrowsAnyAsync<Exception>(() => session.StartAsync(Ct)))!;
    }

    private static async Task<Recorded> RecordedAsync()
    {
        var recorded = new Recorded(await FakeServer.StartAsync(), new ConcurrentQueue<string>());
        recorded.Server.Intercept = context =>
        {
            recorded.Requests.Enqueue(context.Request.Path);
            return Task.FromResult(false);
        };
        return recorded;
    }

    private static Task<bool> RedirectAsync(HttpContext context, int status, Uri to)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = to.AbsoluteUri;
        return Task.FromResult(true);
    }

    private static async Task<bool> NegotiationAsync(HttpContext context, string? url)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(url is not null
            ? $$"""{"url":"{{url}}","accessToken":"another","availableTransports":[]}"""
            : """{"negotiateVersion":1,"connectionId":"a","connectionToken":"a","availableTransports":[{"transport":"WebSockets","transferFormats":["Text"]},{"transport":"ServerSentEvents","transferFormats":["Text"]},{"transport":"LongPolling","transferFormats":["Text"]}]}""");
        return true;
    }

    private static Task<bool> AnsweredAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        return Task.FromResult(true);
    }

    /// <summary>
    /// The bytes that a socket took before it said that the client is gone. Kestrel does not count them: it completes
    /// writes to a closed connection at once, until some time later the request is aborted.
    /// </summary>
    private static async Task<long> AnswerEndlesslyAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Ct);
        var stream = client.GetStream();
        var written = 0L;
        try
        {
            await stream.ReadAtLeastAsync(new byte[10_000], 1, cancellationToken: Ct);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"u8.ToArray(), Ct);
            for (var piece = new byte[60_000]; written < 400_000_000; written += piece.Length)
                await stream.WriteAsync(piece, Ct);
        }
        catch (IOException)
        {
            // The client has had enough.
        }
        return written;
    }

    private static async Task<bool> EndlessAsync(HttpContext context, string type, Task after)
    {
        context.Response.ContentType = type;
        var piece = Encoding.ASCII.GetBytes("data: " + new string('x', 60_000));
        try
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await after.WaitAsync(context.RequestAborted);
            for (var i = 0; i < 6_000 && !context.RequestAborted.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has had enough.
        }
        return true;
    }

    private static async Task<bool> EndlessSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var piece = new byte[60_000];
        Array.Fill(piece, (byte)'x');
        try
        {
            await socket.ReceiveAsync(new byte[1_000], context.RequestAborted); // the handshake
            for (var i = 0; i < 6_000; i++)
                await socket.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        }
        catch (Exception e)
            when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client has had enough.
        }
        return true;
    }

    private sealed record Recorded(FakeServer Server, ConcurrentQueue<string> Requests) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}

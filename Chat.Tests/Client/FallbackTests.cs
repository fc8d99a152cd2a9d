using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Chat.Tests.Client;

/// <summary>On a working transport by itself, whatever a proxy does to the better ones.</summary>
public sealed class FallbackTests
{
    [Fact]
    public async Task A_refused_upgrade_leads_to_server_sent_events() =>
        await ConnectsOverAsync(TransportKind.ServerSentEvents, context => Task.FromResult(Refuses(context, IsWebSocket(context))));

    [Fact]
    public async Task A_websocket_that_opens_and_swallows_everything_leads_to_server_sent_events() =>
        await ConnectsOverAsync(TransportKind.ServerSentEvents, SwallowWebSocketAsync);

    [Fact]
    public async Task A_buffered_event_stream_as_well_leads_to_long_polling() =>
        await ConnectsOverAsync(TransportKind.LongPolling, async context => await SwallowWebSocketAsync(context) || await NeverAnswerAsync(context, IsEventStream(context)));

    [Fact]
    public async Task Refused_upgrades_and_streams_lead_to_long_polling() => await ConnectsOverAsync(
        TransportKind.LongPolling, context => Task.FromResult(Refuses(context, IsWebSocket(context) || IsEventStream(context))));

    [Fact]
    public async Task What_worked_is_remembered_for_the_server_and_forgotten_when_the_best_works_again()
    {
        await using var server = await FakeServer.StartAsync();
        server.Intercept = context => Task.FromResult(Refuses(context, IsWebSocket(context)));
        using var folder = new TemporaryFolder();
        var options = server.Options() with { TransportFile = folder.File("transports.json"), ProbeInterval = TimeSpan.FromMilliseconds(300) };
        await using (var first = new ChatConnection(options))
            await first.StartAsync(Expect.Soon);

        await using var second = new ChatConnection(options);
        var start = second.StartAsync(Expect.Soon);
        var tried = await second.StatusAsync(s => s.Attempt == 1 || s.State == ConnectionState.Connected);
        await start;
        Assert.Equal(TransportKind.ServerSentEvents, tried.Transport);

        server.Intercept = _ => Task.FromResult(false);
        var up = await second.StatusAsync(s => s is { State: ConnectionState.Connected, Transport: TransportKind.WebSockets });
        Assert.Equal("WebSockets works again.", up.Reason);
        Assert.DoesNotContain("127.0.0.1", await File.ReadAllTextAsync(options.TransportFile!, Expect.Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_fails_after_the_client_was_sent_on_to_it_is_no_reason_to_leave_the_transport()
    {
        await using var server = await FakeServer.StartAsync();
        var asked = 0;
        server.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/negotiate", StringComparison.Ordinal))
                return false;
            if (!context.Request.Query.ContainsKey("node"))
                await context.Response.WriteAsJsonAsync(new { Url = $"{server.Url}hubs/chat?node=n" });
            else if (Interlocked.Increment(ref asked) == 1)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else
                return false;
            return true;
        };
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);

        Assert.Equal(2, asked);
        Assert.Equal(TransportKind.WebSockets, chat.Status.Transport);
    }

    [Fact]
    public async Task A_websocket_that_goes_silent_twice_gives_way()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        await using var chat = new ChatConnection(server.Options() with { CallTimeout = TimeSpan.FromSeconds(3) });
        await chat.StartAsync(Expect.Soon);
        server.BeforeSend = (_, _) => chat.Status.Transport == TransportKind.WebSockets
            ? Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)
            : Task.CompletedTask;

        var result = await chat.SendAsync("r", "hello", ct: Expect.Soon);

        Assert.Equal(1, result.Seq);
        Assert.Equal(TransportKind.ServerSentEvents, chat.Status.Transport);
    }

    [Fact]
    public async Task A_dead_server_is_no_reason_to_go_down()
    {
        await using var server = await FakeServer.StartAsync();
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);
        await server.CloseAsync();

        var waiting = await chat.StatusAsync(s => s.Attempt >= 3);
        await server.OpenAsync();
        var back = await chat.StatusAsync(s => s.State == ConnectionState.Connected);

        Assert.Equal(TransportKind.WebSockets, waiting.Transport);
        Assert.Equal(TransportKind.WebSockets, back.Transport);
    }

    [Fact]
    public async Task A_forced_transport_is_the_only_one_until_it_is_released()
    {
        await using var server = await FakeServer.StartAsync();
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);

        await chat.UseTransportAsync(TransportKind.LongPolling);
        await chat.StatusAsync(s => s is { State: ConnectionState.Connected, Transport: TransportKind.LongPolling });
        await chat.UseTransportAsync(null);
        await chat.StatusAsync(s => s is { State: ConnectionState.Connected, Transport: TransportKind.WebSockets });
    }

    [Fact]
    public async Task The_probe_says_which_transports_work()
    {
        await using var server = await FakeServer.StartAsync();
        server.Intercept = SwallowWebSocketAsync;

        var webSockets = await TransportProbe.TryAsync(server.Options(), TransportKind.WebSockets, Expect.Soon);
        var longPolling = await TransportProbe.TryAsync(server.Options(), TransportKind.LongPolling, Expect.Soon);

        Assert.Equal((false, "WebSockets: no answer within 6 s."), (webSockets.Works, webSockets.Detail));
        Assert.True(longPolling is { Works: true, Opened: not null, RoundTrip: not null }, longPolling.Detail);
    }

    private static async Task ConnectsOverAsync(TransportKind expected, Func<HttpContext, Task<bool>> proxy)
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        server.Intercept = proxy;
        await using var chat = new ChatConnection(server.Options());

        await chat.StartAsync(Expect.Soon);

        Assert.Equal(expected, chat.Status.Transport);
        Assert.Equal(1, (await chat.SendAsync("r", "hello", ct: Expect.Soon)).Seq);
    }

    private static bool IsWebSocket(HttpContext context) => context.WebSockets.IsWebSocketRequest;

    private static bool IsEventStream(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal);

    private static bool Refuses(HttpContext context, bool refuse)
    {
        if (refuse)
            context.Response.StatusCode = 400;
        return refuse;
    }

    private static async Task<bool> NeverAnswerAsync(HttpContext context, bool swallow)
    {
        if (swallow)
            await UntilGoneAsync(context);
        return swallow;
    }

    private static async Task<bool> SwallowWebSocketAsync(HttpContext context)
    {
        if (!IsWebSocket(context))
            return false;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await UntilGoneAsync(context);
        return true;
    }

    private static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task.WaitAsync(Expect.Soon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

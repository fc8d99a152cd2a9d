using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Microsoft.AspNetCore.SignalR;
using Xunit;

namespace Chat.Tests.Client;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task Events_come_and_messages_go_over_each_transport(TransportKind kind)
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r", events: 3);
        await using var chat = new ChatConnection(server.Options() with { Transport = kind });
        await chat.StartAsync(Expect.Soon);

        var result = await chat.SendAsync("r", "hello", ct: Expect.Soon);
        server.Append("r", "and back");

        Assert.Equal(4, result.Seq);
        Assert.Equal([4L, 5L], (await chat.TakeAsync(2)).Numbers());
        Assert.Equal(kind, chat.Status.Transport);
        Assert.Equal(ConnectionState.Connected, chat.Status.State);
        Assert.NotNull(chat.Status.RoundTrip);
        Assert.Equal(5, chat.Rooms["r"].Head);
    }

    [Fact]
    public async Task A_lost_connection_comes_back_and_says_why_it_went()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);

        await server.CloseAsync();
        server.Append("r", "while away");
        var away = await chat.StatusAsync(s => s.State == ConnectionState.Connecting && s.Attempt > 0);
        await server.OpenAsync();
        await chat.StatusAsync(s => s.State == ConnectionState.Connected);

        Assert.NotEmpty(away.Reason);
        Assert.Equal([1L], (await chat.TakeAsync(1)).Numbers());
        Assert.Equal(TransportKind.WebSockets, chat.Status.Transport);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once()
    {
        await using var server = await FakeServer.StartAsync();
        var refreshes = 0;
        server.Intercept = context => Unauthorized(context, "Bearer new");
        await using var chat = new ChatConnection(server.Options() with
        {
            RefreshAccessToken = _ => ValueTask.FromResult<string?>(Interlocked.Increment(ref refreshes) == 1 ? "new" : "other"),
        });

        await chat.StartAsync(Expect.Soon);

        Assert.Equal(1, refreshes);
    }

    [Fact]
    public async Task A_new_token_that_is_refused_as_well_is_renewed_again_some_times()
    {
        await using var server = await FakeServer.StartAsync();
        var refreshes = 0;
        server.Intercept = context => Unauthorized(context, "Bearer token 3");
        await using var chat = new ChatConnection(server.Options() with
        {
            RefreshAccessToken = _ => ValueTask.FromResult<string?>($"token {Interlocked.Increment(ref refreshes)}"),
        });

        await chat.StartAsync(Expect.Soon);

        Assert.Equal(3, refreshes);
        server.Intercept = context => Unauthorized(context, "nothing");
        await chat.ReconnectAsync("the server has changed its mind");
        await chat.StatusAsync(s => s.State == ConnectionState.Failed);
    }

    [Fact]
    public async Task A_token_refused_twice_is_a_failure_that_readers_and_senders_learn_of()
    {
        await using var server = await FakeServer.StartAsync();
        var asked = 0;
        server.Intercept = context => Unauthorized(context, "nothing");
        await using var chat = new ChatConnection(server.Options() with
        {
            AccessToken = _ => ValueTask.FromResult<string?>($"token {Interlocked.Increment(ref asked)}"),
        });
        var send = chat.SendAsync("r", "hello", ct: Expect.Soon);
        var read = chat.TakeAsync(1);

        var failure = await Assert.ThrowsAsync<ChatException>(() => chat.StartAsync(Expect.Soon));

        Assert.Equal(ErrorCodes.Unauthenticated, failure.Code);
        Assert.Equal(ConnectionState.Failed, chat.Status.State);
        Assert.StartsWith("unauthenticated: ", chat.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.Unauthenticated, (await Assert.ThrowsAsync<ChatException>(() => send)).Code);
        Assert.Equal(ErrorCodes.Unauthenticated, (await Assert.ThrowsAsync<ChatException>(() => read)).Code);
        Assert.Single(chat.Outbox);

        server.Intercept = _ => Task.FromResult(false);
        await chat.ReconnectAsync("signed in again");
        await chat.StatusAsync(s => s.State == ConnectionState.Connected);
    }

    [Fact]
    public async Task A_forbidden_server_is_a_failure()
    {
        await using var server = await FakeServer.StartAsync();
        server.BeforeSync = () => throw new HubException("forbidden: Guests may not.");
        await using var chat = new ChatConnection(server.Options());

        var failure = await Assert.ThrowsAsync<ChatException>(() => chat.StartAsync(Expect.Soon));

        Assert.Equal((ErrorCodes.Forbidden, "Guests may not."), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task A_busy_server_is_tried_again_on_the_same_transport()
    {
        await using var server = await FakeServer.StartAsync();
        var tries = 0;
        server.BeforeSync = () => ++tries < 3 ? throw new HubException("unavailable: Starting.") : Task.CompletedTask;
        await using var chat = new ChatConnection(server.Options());

        await chat.StartAsync(Expect.Soon);

        Assert.Equal((3, TransportKind.WebSockets), (tries, chat.Status.Transport));
    }

    [Fact]
    public async Task Giving_up_the_start_stops_the_connection()
    {
        await using var chat = new ChatConnection(new ChatOptions
        {
            Server = new Uri("http://127.0.0.1:9"),
            AccessToken = _ => ValueTask.FromResult<string?>("token"),
        });
        using var enough = new CancellationTokenSource();
        var start = chat.StartAsync(enough.Token);
        var trying = await chat.StatusAsync(s => s.Attempt > 0);

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal(ConnectionState.Connecting, trying.State);
        Assert.Equal(ConnectionState.Stopped, chat.Status.State);
    }

    [Fact]
    public async Task Stopping_ends_every_enumeration_and_every_wait()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        server.BeforeSend = (_, _) => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        await using var chat = new ChatConnection(server.Options());
        await chat.StartAsync(Expect.Soon);
        var events = chat.Events(Expect.Soon).GetAsyncEnumerator(Expect.Soon).MoveNextAsync().AsTask();
        var signals = chat.Signals(Expect.Soon).GetAsyncEnumerator(Expect.Soon).MoveNextAsync().AsTask();
        var send = chat.SendAsync("r", "hello", ct: Expect.Soon);

        await chat.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Expect.Soon);

        Assert.False(await events);
        Assert.False(await signals);
        Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => send)).Code);
    }

    private static Task<bool> Unauthorized(Microsoft.AspNetCore.Http.HttpContext context, string good)
    {
        var given = context.Request.Headers.Authorization.ToString();
        if (given == good || context.Request.Query["access_token"] == good.Replace("Bearer ", "", StringComparison.Ordinal))
            return Task.FromResult(false);
        context.Response.StatusCode = 401;
        return Task.FromResult(true);
    }
}

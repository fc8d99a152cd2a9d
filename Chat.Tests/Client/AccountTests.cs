using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Chat.Client;
using Chat.Contracts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Tests.Client;

public sealed class AccountTests
{
    private static readonly Uri Server = new("http://127.0.0.1:5000");
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task However_many_ask_for_a_stale_token_it_is_refreshed_once()
    {
        var answer = new TaskCompletionSource<Session>();
        using var handler = new Answers(async _ => Ok(await answer.Task));
        using var accounts = new AccountClient(Server, handler);
        var stored = new List<Session>();
        var tokens = Tokens(accounts, s => stored.Add(s));
        _clock.Advance(TimeSpan.FromSeconds(3_541));

        var asking = Enumerable.Range(0, 50).Select(_ => tokens.GetAsync(Expect.Soon).AsTask()).ToList();
        answer.SetResult(Session("second"));

        Assert.All(await Task.WhenAll(asking), t => Assert.Equal("second", t));
        Assert.Equal("second", await tokens.GetAsync(Expect.Soon));
        Assert.Equal(1, handler.Requests);
        Assert.Equal("second", Assert.Single(stored).AccessToken);
    }

    [Fact]
    public async Task A_token_is_kept_until_a_minute_before_it_expires()
    {
        using var handler = new Answers(_ => Task.FromResult(Ok(Session("second"))));
        using var accounts = new AccountClient(Server, handler);
        var tokens = Tokens(accounts);

        _clock.Advance(TimeSpan.FromSeconds(3_539));
        Assert.Equal("first", await tokens.GetAsync(Expect.Soon));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("second", await tokens.GetAsync(Expect.Soon));
    }

    [Fact]
    public async Task A_token_that_still_holds_is_used_while_the_server_cannot_be_asked()
    {
        using var handler = new Answers(_ => throw new HttpRequestException("Connection refused"));
        using var accounts = new AccountClient(Server, handler);
        var tokens = Tokens(accounts);

        _clock.Advance(TimeSpan.FromSeconds(3_599));
        Assert.Equal("first", await tokens.GetAsync(Expect.Soon));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var refusal = await Assert.ThrowsAsync<ChatException>(async () => await tokens.GetAsync(Expect.Soon));
        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
    }

    [Fact]
    public async Task One_who_stops_waiting_does_not_take_the_refresh_from_the_others()
    {
        var answer = new TaskCompletionSource<Session>();
        using var handler = new Answers(async _ => Ok(await answer.Task));
        using var accounts = new AccountClient(Server, handler);
        var tokens = Tokens(accounts);
        using var impatient = new CancellationTokenSource();
        var first = tokens.RefreshAsync(impatient.Token).AsTask();
        var second = tokens.RefreshAsync(Expect.Soon).AsTask();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(Session("second"));

        Assert.Equal("second", await second);
        Assert.Equal(1, handler.Requests);
    }

    [Fact]
    public async Task A_refusal_carries_the_servers_code_text_and_patience()
    {
        using var handler = new Answers(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests)
            {
                Content = JsonContent.Create(new { code = "rate_limited", detail = "Too many new guests." }, new MediaTypeHeaderValue("application/problem+json")),
            };
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
            return Task.FromResult(response);
        });
        using var accounts = new AccountClient(Server, handler);

        var refusal = await Assert.ThrowsAsync<ChatException>(() => accounts.GuestAsync("d", Expect.Soon));

        Assert.Equal((ErrorCodes.RateLimited, "Too many new guests.", TimeSpan.FromSeconds(7)), (refusal.Code, refusal.Message, refusal.RetryAfter));
    }

    [Fact]
    public async Task A_proxys_error_page_is_still_a_refusal_with_a_code()
    {
        using var handler = new Answers(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>") }));
        using var accounts = new AccountClient(Server, handler);

        var refusal = await Assert.ThrowsAsync<ChatException>(() => accounts.WhoAmIAsync("token", Expect.Soon));

        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
    }

    [Fact]
    public async Task A_connection_that_is_reset_while_it_begins_is_told_as_a_server_that_is_not_reached()
    {
        // HttpClient throws this as it is.
        using var handler = new Answers(_ => throw new SocketException((int)SocketError.NotConnected));
        using var accounts = new AccountClient(Server, handler);

        var refusal = await Assert.ThrowsAsync<ChatException>(() => accounts.WhoAmIAsync("token", Expect.Soon));

        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
    }

    private AccountTokens Tokens(AccountClient accounts, Action<Session>? changed = null) =>
        new(accounts, Session("first"), _clock.GetUtcNow(), s =>
        {
            changed?.Invoke(s);
            return ValueTask.CompletedTask;
        }, _clock);

    private static Session Session(string token) => new(new User("u", "d", UserKind.Guest), token, "refresh " + token, 3_600);

    private static HttpResponseMessage Ok(Session session) => new() { Content = JsonContent.Create(session, options: ChatJson.Options) };

    private sealed class Answers(Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        private int _requests;

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            return answer(request);
        }
    }
}

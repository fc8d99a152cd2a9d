using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Chat.Tests.Transports.Feeds;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports.Bounds;

/// <summary>
/// The limit on open connections and streams: one more is accepted, and the one that was silent longest ends.
/// </summary>
public sealed class OpenLimitTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;

    public OpenLimitTests() => _server = new ChatServer(
        new Dictionary<string, string>
        {
            ["Chat:Limits:Connections"] = "3", ["Chat:Limits:Streams"] = "2", ["Chat:Limits:ConnectsPerMinute"] = "60",
        }, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_connection_too_many_ends_the_one_that_was_silent_longest_over_all_transports()
    {
        var (ann, bob) = (await Person.SignUpAsync(_server.Uri, Ct, "ann"),
            await Person.SignUpAsync(_server.Uri, Ct, "bob"));
        await using var others = await RawHubClient.ConnectAsync(_server.Uri, bob.Token, Ct);
        await using var first = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        await using var stream = await RawHubStream.ConnectAsync(_server.Uri, ann.Token, polls: false, Ct);
        await stream.ReadAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        await using var poll = await RawHubStream.ConnectAsync(_server.Uri, ann.Token, polls: true, Ct);
        await poll.ReadAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await first.InvokeAsync("Sync", Ct)).Dispose(); // the oldest, but not the one that is silent

        await using var fourth = await RawHubClient.ConnectAsync(_server.Uri, ann.Token, Ct);

        await stream.EndedAsync(Ct).WaitAsync(s_soon, Ct);
        Assert.Contains(ErrorCodes.RateLimited, stream.Text, StringComparison.Ordinal);
        foreach (var client in (RawHubClient[])[first, fourth, others])
            (await client.InvokeAsync("Sync", Ct)).Dispose();
        await poll.SendTextAsync("""{"type":6}""", Ct);
    }

    [Fact]
    public async Task Connections_begin_as_many_at_once_as_may_be_open_and_then_as_often_as_set()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        using var http = new Api(_server.Uri, ann);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await NegotiateAsync()).Status);

        var refused = await NegotiateAsync();
        refused.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.NotNull(refused.RetryAfter);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await NegotiateAsync()).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await NegotiateAsync()).Status);

        Task<Answer> NegotiateAsync() => http.PostAsync($"{Wire.HubPath}/negotiate?negotiateVersion=1", "");
    }

    [Fact]
    public async Task One_stream_too_many_ends_the_one_that_was_silent_longest_whichever_kind_it_is()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct, "ann");
        var room = await ann.CreateRoomAsync(Ct);
        var events = $"/api/rooms/{room.Id}/events";
        using var http = ann.Http();
        using var api = new Api(_server.Uri, ann);
        using var stream = await HeldFeeds.ReadAsync(http, $"{events}/stream?after=0");
        _time.Advance(TimeSpan.FromSeconds(1));
        var poll = api.GetAsync($"{events}?after=1&wait=60");
        await HeldAsync(ann, 2);
        _time.Advance(TimeSpan.FromSeconds(1));

        using var frame = await HeldFeeds.ReadAsync(http, $"{events}/frame?after=0&callback=got");
        Assert.Null(await HeldFeeds.LineAsync(stream, _ => false));

        _time.Advance(TimeSpan.FromSeconds(1));
        using var again = await HeldFeeds.ReadAsync(http, $"{events}/stream?after=0");
        var answer = await poll.WaitAsync(s_soon, Ct);
        answer.Refuses(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.NotNull(answer.RetryAfter);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task HeldAsync(Person person, int count)
    {
        var streams = ((Server.Transports.Bounds.UserBounds)_server.Services.GetService(
            typeof(Server.Transports.Bounds.UserBounds))!).Streams;
        return Eventually.TrueAsync(() => streams.Count(person.User.Id) == count, s_soon, Ct, "the feeds are open");
    }
}

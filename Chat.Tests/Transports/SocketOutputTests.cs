using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>A hub connection over a WebSocket whose client takes nothing: what is being written to it waits for it, and must not for ever.</summary>
public sealed class SocketOutputTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ChatServer _server;

    public SocketOutputTests() => _server = new ChatServer(time: _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_takes_nothing_is_let_go_at_once_when_the_sign_in_ends()
    {
        var (ann, bob, room) = await PairAsync();
        await using var lazy = await RawHubClient.SyncedAsync(_server.Uri, bob.Token, Ct);
        await using var quick = await PlainClient.SyncedAsync(ann, (room, 0));
        await FillAsync(quick, room);
        Assert.True(lazy.IsOpen);

        using var http = bob.Http();
        using var answer = await http.PostAsync("/api/account/logout", null, Ct);
        answer.EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => !lazy.IsOpen, s_soon, Ct, "the connection is over");
        await Eventually.TrueAsync(() => _server.Services.GetRequiredService<NodeRelay>().All().Count() == 1, s_soon, Ct, "and so is the session");
    }

    [Fact]
    public async Task Who_asks_and_takes_no_answers_is_let_go_after_the_timeout()
    {
        var (ann, bob, room) = await PairAsync();
        await using var writer = await PlainClient.SyncedAsync(ann, (room, 0));
        await FillAsync(writer, room);
        await using var lazy = await RawHubClient.ConnectAsync(_server.Uri, bob.Token, Ct);
        // It gets no events, since it does not sync.
        for (var i = 0; i < 20; i++)
            await lazy.SendInvocationAsync("History", Ct, room, new PageRequest(After: 2));
        Assert.True(lazy.IsOpen);

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return !lazy.IsOpen;
            },
            s_soon, Ct, "the connection is over");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>More messages than the system takes for a connection that nobody reads; done when the one who reads has them.</summary>
    private static async Task FillAsync(PlainClient reader, string room)
    {
        const int Messages = 1_000;
        var body = new string('x', 16_000);
        foreach (var numbers in Enumerable.Range(0, Messages).Chunk(4))
            await reader.SendAsync(room, [.. numbers.Select(n => new NewMessage($"m{n}", body))]);
        await reader.HearsAsync("Event", v => ((ChatEvent)v[0]).Seq == Messages + 2);
    }

    private async Task<(Person Ann, Person Bob, string Room)> PairAsync()
    {
        var (ann, bob) = (await Person.SignUpAsync(_server.Uri, Ct), await Person.SignUpAsync(_server.Uri, Ct));
        var room = await ann.CreateRoomAsync(Ct);
        await bob.JoinAsync(room.Id, Ct);
        return (ann, bob, room.Id);
    }
}

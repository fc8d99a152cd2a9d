using System.Diagnostics;
using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>
/// A proxy lets some transports through and not others: the client finds one that works by itself. Each that is silent
/// costs it the start timeout.
/// </summary>
public sealed class FallbackTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, TransportKind> Obstacles => new()
    {
        { "none", TransportKind.WebSockets },
        { "event streams are buffered", TransportKind.WebSockets },
        { "upgrades are refused", TransportKind.ServerSentEvents },
        { "upgrades are stripped", TransportKind.ServerSentEvents },
        { "WebSocket frames are swallowed", TransportKind.ServerSentEvents },
        { "upgrades are stripped and event streams buffered", TransportKind.LongPolling },
        { "WebSocket frames are swallowed and event streams buffered", TransportKind.LongPolling },
    };

    [Theory]
    [MemberData(nameof(Obstacles))]
    public async Task A_client_finds_a_transport_that_works(string obstacle, TransportKind expected)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var proxy = new FaultProxy(server.Uri);
        proxy.Do(_ => Make(obstacle));
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        var client = await conversation.AddAsync("client", null, ct, proxy.Uri, Patient);

        var started = Stopwatch.GetTimestamp();
        await conversation.StartAsync(ct).WaitAsync(Limit, ct);
        await client.SendAsync(conversation.Room.Id, "here I am", ct).WaitAsync(Limit, ct);
        var took = Stopwatch.GetElapsedTime(started);

        Output.Write($"{obstacle}: on {client.Connection.Status.Transport} after {took.TotalSeconds:0.0} s");
        Assert.Equal(expected, client.Connection.Status.Transport);
        await conversation.VerifyAsync(Limit, ct);
    }

    [Fact]
    public async Task A_client_that_comes_back_to_a_deaf_WebSocket_goes_on_over_another_transport()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var proxy = new FaultProxy(server.Uri);
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        var client = await conversation.AddAsync("client", null, ct, proxy.Uri, Patient);
        await conversation.StartAsync(ct);
        Assert.Equal(TransportKind.WebSockets, client.Connection.Status.Transport);

        proxy.Do(_ => new SwallowWebSocketFrames());
        proxy.CutAll();
        await client.SendAsync(conversation.Room.Id, "here I am again", ct).WaitAsync(Limit, ct);

        Assert.Equal(TransportKind.ServerSentEvents, client.Connection.Status.Transport);
        await conversation.VerifyAsync(Limit, ct);
    }

    [Fact]
    public async Task A_client_on_a_lower_transport_moves_up_when_the_obstacle_is_gone_and_loses_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var proxy = new FaultProxy(server.Uri);
        proxy.Do(_ => Make("WebSocket frames are swallowed and event streams buffered"));
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        var client = await conversation.AddAsync(
            "client", null, ct, proxy.Uri,
            options => Patient(options) with { ProbeInterval = TimeSpan.FromSeconds(1) });
        await conversation.StartAsync(ct);
        Assert.Equal(TransportKind.LongPolling, client.Connection.Status.Transport);

        await using var load = new Load(conversation, seed: 1, ct);
        proxy.Pass();
        await Eventually.TrueAsync(
            () => client.Connection.Status is { State: ConnectionState.Connected, Transport: TransportKind.WebSockets }, TimeSpan.FromSeconds(30), ct);
        await load.StopAsync(Limit);

        await conversation.VerifyAsync(Limit, ct);
    }

    /// <summary>Twice the default: only the proxy decides, and not a busy machine.</summary>
    private static ChatOptions Patient(ChatOptions options) => options with { StartTimeout = TimeSpan.FromSeconds(6) };

    private static Fault Make(string obstacle) => obstacle switch
    {
        "none" => new Fault(),
        "event streams are buffered" => new BufferEventStream(),
        "upgrades are refused" => new RefuseUpgrade(),
        "upgrades are stripped" => new StripUpgrade(),
        "WebSocket frames are swallowed" => new SwallowWebSocketFrames(),
        "upgrades are stripped and event streams buffered" => new Both(new StripUpgrade(), new BufferEventStream()),
        "WebSocket frames are swallowed and event streams buffered" => new Both(new SwallowWebSocketFrames(), new BufferEventStream()),
        _ => throw new ArgumentOutOfRangeException(nameof(obstacle), obstacle, null),
    };
}
